"""JupyterLab whose server was stopped meanwhile: what the hub answers to each of its requests."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.hub import LabHub
from lab.wait import wait_until

pytestmark = pytest.mark.hub


@pytest.fixture(scope="module")
def left(lab_hub: LabHub) -> FakeParticipant:
    """Somebody with JupyterLab open, whose server was stopped."""
    ada = FakeParticipant(lab_hub.url, "ada")
    ada.sign_in()
    ada.start_server()
    assert ada.ask_api("DELETE", "users/ada/server").status_code in (202, 204)
    wait_until(lambda: not ada.server_is_running(), 30, "the server is gone")
    return ada


def ask(person: FakeParticipant, method: str, place: str, body: Any = None) -> requests.Response:
    """As JupyterLab asks, with the browser's cookies."""
    headers = person._xsrf(f"/user/{person.name}/")
    return person.browser.request(method, f"{person.server_url}/api/{place}", json=body, headers=headers, timeout=30)


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("PUT", "contents/report.ipynb"),
        ("POST", "contents/report.ipynb/checkpoints"),
        ("POST", "sessions"),
        ("PATCH", "contents/report.ipynb"),
        ("DELETE", "contents/report.ipynb"),
    ],
)
def test_a_save_to_a_stopped_server_is_told_to_reload(left: FakeParticipant, method: str, place: str) -> None:
    answer = ask(left, method, place, {"type": "notebook"})

    assert answer.status_code == 424
    assert "Copy what is not saved, then reload the page" in answer.json()["message"]


def test_a_look_at_a_stopped_server_is_answered_by_jupyterhub(left: FakeParticipant) -> None:
    answer = ask(left, "GET", "sessions")

    assert answer.status_code == 424
    assert "no longer running" in answer.json()["message"]


def test_the_hubs_own_forms_are_guarded_as_before(left: FakeParticipant) -> None:
    forged = requests.post(f"{left.hub_url}/hub/spawn", cookies=left.browser.cookies.get_dict(), timeout=30)

    assert forged.status_code == 403
