"""A start that fails for a reason of JupyterHub: people read our words, and the reason is in the log alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.web import HTTPError
from traitlets.config import Config

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.organizer.event.event import Event
from tests.conftest import unpacked

REASON = "no route to 10.0.0.7 <b>"
BROKEN = f"""
def broken(spawner):
    raise RuntimeError("{REASON}")


c.Spawner.pre_spawn_hook = c.DockerSpawner.pre_spawn_hook = broken
"""


@pytest.fixture
def words(load: Callable[..., Config]) -> Any:
    """The function in JupyterHub's place."""
    load()
    return sys.modules["sections.patches.not_started"].in_our_words


def test_a_start_that_takes_too_long_and_one_that_fails_have_words_of_ours(words: Any) -> None:
    for only in (False, True):
        assert words(TimeoutError(REASON), only_jupyterhub=only)[1].startswith("Your server took too long")
        assert words(OSError(REASON), only_jupyterhub=only)[0].startswith("The hub could not start your server.")


def test_an_answer_to_the_person_stays_as_it_is(words: Any) -> None:
    full, ours = HTTPError(429, "Active user limit exceeded"), OSError(REASON)
    ours.jupyterhub_message = "There is no room."  # type: ignore[attr-defined]

    assert "Active user limit exceeded" in words(full)[0]
    assert words(full, only_jupyterhub=True) == (None, None)
    assert words(ours) == ("There is no room.", None)


@pytest.mark.hub
def test_the_reason_is_in_the_hubs_log_alone(hackweek: Event, lab_github: LabGitHub, tmp_path: Path) -> None:
    bundle = unpacked(hackweek, tmp_path)
    (bundle / "hub-config" / "config.d").mkdir(exist_ok=True)
    (bundle / "hub-config" / "config.d" / "50-broken.py").write_text(BROKEN)
    with LabHub(bundle, lab_github, servers="processes") as hub:
        ada = FakeParticipant(hub.url, "ada")
        ada.sign_in()
        ada.ask_api("POST", "users/ada/server")
        wait_until(lambda: REASON in hub.log.read_text(), 30, "the start has failed")
        told = ada.ask_api("GET", "users/ada/server/progress").text
        pages = [ada.get(f"/hub/{place}").text for place in ("user/ada/", "home")]

    last = json.loads(told.strip().splitlines()[-1].removeprefix("data: "))
    assert (last["failed"], last["html_message"][:35]) == (True, "The hub could not start your server")
    assert "The hub could not start your server" in pages[0]
    assert not [page for page in (told, *pages) if "10.0.0.7" in page]
