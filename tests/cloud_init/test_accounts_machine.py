"""People who are Unix accounts of a machine: their servers are theirs on it, and so is what they write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from pophub.core.contract import HOMES_FOLDER, SHARED_FOLDER
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login

pytestmark = [pytest.mark.machine, pytest.mark.timeout(600)]
PASSWORD = "of one's own"


@pytest.fixture(scope="module")
def machine(geoweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContainerMachine]:
    """One account was there before the hub, with its home where Debian makes them."""
    login = Login.model_validate({"system": {"create_users": True, "admins": ["grace"]}})
    event = geoweek.model_copy(update={"login": login})
    with MachineLab(event, tmp_path_factory.mktemp("accounts")) as lab, lab.machine() as machine:
        machine.await_open()
        machine.run("adduser", "--quiet", "--gecos", "", "--disabled-password", "lise")
        # the hub has made the helper's
        for name in ("lise", "grace"):
            set_password(machine, name)
        with on_the_internet(machine):
            yield machine


@pytest.fixture(scope="module")
def grace(machine: ContainerMachine) -> FakeParticipant:
    return at_work(machine, "grace")


def set_password(machine: ContainerMachine, name: str) -> None:
    machine.run("sh", "-c", f'echo "{name}:{PASSWORD}" | chpasswd')


def at_work(machine: ContainerMachine, name: str) -> FakeParticipant:
    participant = FakeParticipant(machine.url, name)
    participant.sign_in_with(PASSWORD)
    participant.start_server()
    return participant


def test_a_server_is_its_account_s_and_so_is_its_home(machine: ContainerMachine) -> None:
    lise = at_work(machine, "lise")
    lise.write_file("notes.txt", "kept")

    assert machine.run("cat", "/home/lise/notes.txt") == "kept"
    assert machine.run("stat", "-c", "%U %G", "/home/lise/notes.txt").split() == ["lise", "lise"]
    assert lise.execute("import os; print(os.getuid())") == machine.run("id", "-u", "lise").strip()


def test_what_a_helper_brings_everybody_reads_and_nobody_else_changes(
    machine: ContainerMachine, grace: FakeParticipant
) -> None:
    grace.write_file("shared-data/rain.csv", "1,2\n")
    lise = at_work(machine, "lise")

    assert machine.run("stat", "-c", "%U %g", f"{SHARED_FOLDER}/rain.csv").split() == ["grace", "1000100"]
    assert lise.read_file("shared-data/rain.csv") == "1,2\n"
    with pytest.raises(PophubError, match=r"Read-only file system|Permission denied"):
        lise.execute(f"open('{SHARED_FOLDER}/rain.csv', 'a')")


def test_whom_a_helper_adds_works_in_a_home_beside_the_hubs_memory(
    machine: ContainerMachine, grace: FakeParticipant
) -> None:
    assert grace.ask_api("POST", "users/2nd-person").status_code == 201
    set_password(machine, "2nd-person")
    at_work(machine, "2nd-person").write_file("notes.txt", "kept")

    assert machine.run("stat", "-c", "%U", f"{HOMES_FOLDER}/2nd-person/notes.txt").strip() == "2nd-person"
