"""What cannot be had here is said and stood in for; what can be had is the event's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import engine
from lab.demo.stand_ins import StandIns, put_content, stand_ins_for
from lab.git_host import LabGitHost
from pophub.core.contract import EVENT_FILE
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from pophub.organizer.outside.git import repository
from pophub.organizer.outside.web import Web

URL = "https://git.example/rivers/course.git"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LabGitHost]:
    with LabGitHost(tmp_path / "git") as host:
        yield host


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "runs", lambda image: False)


def event_with(hackweek: Event, **server: object) -> Event:
    wanted = {"content": URL, "content_branch": None, "start_folder": None, "default_url": "/lab"} | server
    return hackweek.model_copy(update={"server": hackweek.server.model_copy(update=wanted)})


def to(host: LabGitHost) -> Web:
    """The world, in which this git host is that of the event."""
    return Web(reroute={"https://git.example": host.url("").rstrip("/")})


def test_content_that_can_be_had_is_the_events_own(hackweek: Event, host: LabGitHost) -> None:
    host.push("rivers/course.git", {"a": "b"})
    found = stand_ins_for(event_with(hackweek), host, to(host))

    assert found.content == URL
    assert [words for words in found.words if URL in words] == []


@pytest.mark.parametrize(
    ("branch", "there", "reason"),
    [
        (None, False, "it is not there, or not for everybody"),
        ("v2027", True, "it has no branch v2027"),
    ],
)
def test_other_content_is_a_small_repository_here(
    hackweek: Event, host: LabGitHost, branch: str | None, reason: str, *, there: bool
) -> None:
    if there:
        host.push("rivers/course.git", {"a": "b"})
    event = event_with(hackweek, content_branch=branch)
    found = stand_ins_for(event, host, to(host))
    assert f"{URL}: {reason}, so a small repository stands in" in found.words
    put_content(event, host)

    assert found.content is not None
    here = repository(Web(), found.content)
    assert here is not None
    assert (branch or "main") in here.branches


def test_a_host_that_does_not_answer_is_said(hackweek: Event, host: LabGitHost) -> None:
    nowhere = Web(reroute={"https://git.example": "http://127.0.0.1:9"})

    assert "does not answer" in " ".join(stand_ins_for(event_with(hackweek), host, nowhere).words)


def test_the_stand_in_has_what_the_event_opens_first(hackweek: Event, host: LabGitHost, tmp_path: Path) -> None:
    put_content(
        event_with(hackweek, start_folder="course/day-1", default_url="/lab/tree/course/day-1/intro.ipynb"), host
    )
    work = tmp_path / "git" / "work" / "rivers" / "course.git"

    files = {str(path.relative_to(work)) for path in work.rglob("*.*") if path.is_file() and ".git" not in path.parts}
    assert json.loads((work / "day-1/intro.ipynb").read_text())["cells"]
    assert files == {"Welcome.md", "day-1/Welcome.md", "day-1/intro.ipynb"}


def test_image_accounts_and_database_are_said(hackweek: Event, host: LabGitHost) -> None:
    login = Login.model_validate({"github": {"allow": ["x"], "create_users": True}})
    event = hackweek.model_copy(update={"login": login, "database": "postgresql"})
    words = stand_ins_for(event, host, to(host)).words

    assert words[0].startswith(f"{event.server.image}: no Docker engine here has it")
    assert {each.partition(":")[0] for each in words[1:]} >= {"create_users", "postgresql"}


def test_the_hub_is_told_what_it_has(hackweek_bundle: Path) -> None:
    file = hackweek_bundle / "hub-config" / EVENT_FILE
    deployed = {"database": "postgresql", "login": {"github": {"allow": ["x"], "create_users": True, "admins": []}}}
    file.write_text(json.dumps(json.loads(file.read_text()) | deployed))
    StandIns("processes", "http://127.0.0.1:1/x", ()).change(hackweek_bundle)
    event = json.loads(file.read_text())

    assert (event["database"], event["server"]["content"]) == ("sqlite", "http://127.0.0.1:1/x")
    assert event["login"]["github"]["create_users"] is False
