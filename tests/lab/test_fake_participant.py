"""A participant's promise, kept by a real hub: sign in, work, log out, find one's files again."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.core.errors import PophubError
from pophub.hub.rehearsal.pages import Page

pytestmark = pytest.mark.hub


@pytest.fixture(scope="session")
def ada(lab_hub: LabHub) -> FakeParticipant:
    """Signed in, with a large server running."""
    participant = FakeParticipant(lab_hub.url, "ada")
    participant.sign_in()
    participant.start_server("large")
    return participant


@pytest.fixture
def octocat(lab_hub: LabHub) -> FakeParticipant:
    participant = FakeParticipant(lab_hub.url, "octocat")
    participant.sign_in()
    return participant


@pytest.mark.parametrize(
    ("person", "name"),
    [("ada", "ada"), ("grace", "grace"), ("Carol-X", "carol-x"), ("octocat", "octocat")],
    ids=["member", "member_of_an_allowed_team", "private_member_with_capitals", "helper"],
)
def test_who_belongs_to_the_event_signs_in(lab_hub: LabHub, person: str, name: str) -> None:
    page = FakeParticipant(lab_hub.url, person).sign_in()

    assert urlsplit(page.url).path == "/hub/home"
    assert name in Page(page.text).text


@pytest.mark.parametrize("person", ["mallory", "heidi"], ids=["stranger", "member_of_another_team"])
def test_who_does_not_belong_to_the_event_is_told_what_to_do(lab_hub: LabHub, person: str) -> None:
    with pytest.raises(Refused) as refusal:
        FakeParticipant(lab_hub.url, person).sign_in()

    assert refusal.value.status == 403
    assert f"signed in at GitHub as {person}" in refusal.value.text
    assert "organization geohackweek or the team participants-2027 of partners" in refusal.value.text
    assert "organizers@geohackweek.example.org" in refusal.value.text


def test_a_helper_is_admin_and_a_participant_is_not(octocat: FakeParticipant, ada: FakeParticipant) -> None:
    assert octocat.get("/hub/admin").status_code == 200
    assert ada.get("/hub/admin").status_code == 403


def test_a_cell_runs_with_the_events_environment_and_the_chosen_size(ada: FakeParticipant) -> None:
    cell = "import os; print(6 * 7, os.environ['COLOUR']); int(os.environ['MEM_LIMIT']) / 1024**3"

    assert ada.execute(cell) == "42 blue\n8.0"


def test_a_cell_that_raises_is_told(ada: FakeParticipant) -> None:
    with pytest.raises(PophubError, match="ZeroDivisionError"):
        ada.execute("1 / 0")


def test_the_servers_events_are_heard(ada: FakeParticipant) -> None:
    with ada.events() as event:
        ada.write_file("heard.txt", "")
        told = event("https://events.jupyter.org/jupyter_server/contents_service/v1")

    assert told["path"] == "heard.txt"


def test_nobody_is_asked_about_jupyter_news(ada: FakeParticipant) -> None:
    settings = ada.get("/user/ada/lab/api/settings/@jupyterlab/apputils-extension:notification").json()

    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_another_participant_reaches_neither_my_server_nor_my_files(ada: FakeParticipant, lab_hub: LabHub) -> None:
    ada.write_file("private.txt", "mine")
    grace = FakeParticipant(lab_hub.url, "grace")
    grace.sign_in()
    places = ["/user/ada/lab", "/user/ada/api/contents/private.txt", "/user/ada/files/private.txt"]

    assert [grace.get(place).status_code for place in places] == [403, 403, 403]


def test_without_signing_in_my_server_is_out_of_reach(ada: FakeParticipant, lab_hub: LabHub) -> None:
    stranger = FakeParticipant(lab_hub.url, "nobody")

    assert stranger.get("/user/ada/api/contents").status_code == 403
    assert urlsplit(stranger.get("/user/ada/lab").url).path == "/hub/login"


def test_a_size_that_is_not_offered_is_refused_in_words(lab_hub: LabHub) -> None:
    carol = FakeParticipant(lab_hub.url, "Carol-X")
    carol.sign_in()

    with pytest.raises(Refused, match="no server size of this name"):
        carol.start_server("enormous")
    assert not carol.server_is_running()


@pytest.fixture(scope="session")
def grace_after_logging_out(lab_hub: LabHub) -> FakeParticipant:
    """Has worked, saved a file and logged out; that her server stops is waited for."""
    grace = FakeParticipant(lab_hub.url, "grace")
    grace.sign_in()
    grace.start_server()
    grace.write_file("notes.txt", "kept")
    grace.sign_out()
    wait_until(lambda: not grace.server_is_running(), 20, "logging out stops the server")
    return grace


def test_after_logging_out_one_is_a_stranger(grace_after_logging_out: FakeParticipant) -> None:
    assert urlsplit(grace_after_logging_out.get("/hub/home").url).path == "/hub/login"


def test_files_are_still_there_after_logging_out_and_in(grace_after_logging_out: FakeParticipant) -> None:
    grace = grace_after_logging_out
    grace.sign_in()
    grace.start_server()

    assert grace.read_file("notes.txt") == "kept"


def test_the_culler_is_at_work(octocat: FakeParticipant) -> None:
    services = octocat.get("/hub/api/services").json()

    assert services["idle-culler"]["pid"] > 0


def test_a_page_that_is_not_there_is_one_of_ours(octocat: FakeParticipant) -> None:
    answer = octocat.get("/hub/nowhere")

    assert answer.status_code == 404
    assert "There is nothing at this address" in Page(answer.text).text
