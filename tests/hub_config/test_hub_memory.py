"""What a hub remembers when it is started again, and whom it lets in then."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from lab.child_process import descendants
from lab.directory import Directory
from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.postgresql import LabPostgresql
from pophub.core.contract import EVENT_FILE
from pophub.organizer.event.event import Event
from tests.conftest import unpacked

pytestmark = pytest.mark.hub


def signed_in(hub: LabHub, person: str) -> FakeParticipant:
    participant = FakeParticipant(hub.url, person)
    participant.sign_in()
    return participant


def test_after_a_restart_guests_are_still_in_and_who_has_left_the_organization_is_not(
    hackweek: Event, hackweek_bundle: Path, lab_github: LabGitHub, tmp_path: Path
) -> None:
    with LabHub(hackweek_bundle, lab_github, servers="processes") as hub:
        for member in ("ada", "Carol-X"):
            signed_in(hub, member)
        signed_in(hub, "octocat").ask_api("POST", "users/mallory")
        signed_in(hub, "mallory")
    everybody = Directory.for_event(hackweek)
    without_ada = [
        dataclasses.replace(each, members=tuple(name for name in each.members if name != "ada"))
        for each in everybody.organizations
    ]
    change_event(
        hackweek_bundle, login={"github": {"allow": ["geohackweek"], "create_users": False, "admins": ["grace"]}}
    )
    with (
        LabGitHub(Directory(everybody.people, tuple(without_ada)), tmp_path) as github,
        LabHub(hackweek_bundle, github, servers="processes") as hub,
    ):
        with pytest.raises(Refused):
            FakeParticipant(hub.url, "ada").sign_in()
        with pytest.raises(Refused):
            FakeParticipant(hub.url, "octocat").sign_in()
        signed_in(hub, "Carol-X")
        signed_in(hub, "mallory")
        people = {person["name"]: person for person in signed_in(hub, "grace").ask_api("GET", "users").json()}

    # who was a helper is known, and is one no longer
    assert {name for name, person in people.items() if "helper" in person["roles"]} == {"grace"}
    assert people.keys() >= {"ada", "carol-x", "mallory", "octocat"}


def change_event(bundle: Path, **changes: object) -> None:
    event_json = bundle / "hub-config" / EVENT_FILE
    event_json.write_text(json.dumps({**json.loads(event_json.read_text()), **changes}))


class WithDatabase:
    """A GitHub, and the address of a database."""

    def __init__(self, github: LabGitHub, address: str) -> None:
        self.environment = {**github.environment, "DATABASE_URL": address}
        self.settings = github.settings


@pytest.mark.postgresql
def test_a_postgresql_remembers_people_when_the_hub_starts_again(
    hackweek: Event, lab_github: LabGitHub, tmp_path: Path
) -> None:
    bundle = unpacked(hackweek.model_copy(update={"database": "postgresql"}), tmp_path / "bundle")
    with LabPostgresql() as database:
        sign_in = WithDatabase(lab_github, database.url)
        with LabHub(bundle, sign_in, servers="processes") as hub:
            helper = signed_in(hub, "octocat")
            helper.ask_api("POST", "users/mallory")
            cookies = signed_in(hub, "ada").browser.cookies
            arguments = [Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(os.getpid())]
        port = hub.port
        with LabHub(bundle, sign_in, servers="processes", port=port) as hub:
            ada = FakeParticipant(hub.url, "ada")
            ada.browser.cookies = cookies
            name = ada.ask_api("GET", "user").json()["name"]
            mallory = signed_in(hub, "mallory").ask_api("GET", "user").json()["name"]
        told = [
            path for path in bundle.rglob("*") if path.is_file() and database.password.encode() in path.read_bytes()
        ]

    assert (name, mallory) == ("ada", "mallory")
    assert not told
    assert not [line for line in arguments if database.password in line]
    assert not list(bundle.rglob("*.sqlite"))
