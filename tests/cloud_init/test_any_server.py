"""The same script on a Debian server that knows nothing of AWS, as `make install_jupyterhub` runs it.

It is installed twice: people sign in with GitHub, and then they are Unix accounts of the server. Their servers are theirs on
it, and so is what they write.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.plans import plan_of
from pophub.core.contract import HOMES_FOLDER, SHARED_FOLDER
from pophub.core.errors import PophubError
from pophub.organizer.deploy.own_server import BUNDLE, INSTALL, SECRETS, Installation, install, place_bundle
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login

pytestmark = pytest.mark.machine
SCRIPT = str(BUNDLE / INSTALL)
PASSWORD = "of one's own"


@pytest.fixture(scope="module")
def server(lab: MachineLab) -> Iterator[ContainerMachine]:
    bare = dataclasses.replace(lab.instance, user_data="#cloud-config\n")
    with lab.machine(bare) as server:
        server.run("cloud-init", "status", "--wait", check=False)
        yield server


def install_on(server: ContainerMachine, event: Event, secrets: Mapping[str, str]) -> None:
    place, file = (server.root / path.relative_to("/") for path in (BUNDLE, SECRETS))
    install(Installation(plan_of(event), secrets, place, file), lambda command: _succeeds(server.run, command))
    assert server.is_open()


def _succeeds(run: Callable[..., str], command: list[str]) -> int:
    """The command, as the server itself knows its place."""
    (script,) = command
    assert script.endswith(SCRIPT)
    run(SCRIPT)
    return 0


def test_any_debian_server_becomes_a_hub(lab: MachineLab, server: ContainerMachine) -> None:
    place_bundle(plan_of(lab.event), server.root / BUNDLE.relative_to("/"))
    # `make docker`
    server.run(SCRIPT, "docker")
    assert server.run("docker", "ps", "--quiet") == ""
    with pytest.raises(PophubError, match=r"secrets\.env has no GITHUB_CLIENT_ID GITHUB_CLIENT_SECRET: write"):
        server.run(SCRIPT)
    install_on(server, lab.event, {name.upper(): value for name, value in lab.secrets.items()})
    ada = FakeParticipant(server.url, "ada")
    with on_the_internet(server):
        ada.sign_in()
        ada.start_server()
        assert ada.execute("print(6 * 7)") == "42"
        ada.sign_out()


@pytest.fixture(scope="module")
def accounts(lab: MachineLab, server: ContainerMachine) -> Iterator[ContainerMachine]:
    """One account was there before this login, with its home where Debian makes them."""
    server.run("adduser", "--quiet", "--gecos", "", "--disabled-password", "lise")
    login = Login.model_validate({"system": {"create_users": True, "admins": ["grace"]}})
    install_on(server, lab.event.model_copy(update={"login": login}), {})
    # the hub has made the helper's
    for name in ("lise", "grace"):
        set_password(server, name)
    with on_the_internet(server):
        yield server


@pytest.fixture(scope="module")
def grace(accounts: ContainerMachine) -> FakeParticipant:
    return at_work(accounts, "grace")


def set_password(server: ContainerMachine, name: str) -> None:
    server.run("sh", "-c", f'echo "{name}:{PASSWORD}" | chpasswd')


def at_work(server: ContainerMachine, name: str) -> FakeParticipant:
    participant = FakeParticipant(server.url, name)
    participant.sign_in_with(PASSWORD)
    participant.start_server()
    return participant


def test_a_server_is_its_account_s_and_so_is_its_home(accounts: ContainerMachine) -> None:
    lise = at_work(accounts, "lise")
    lise.write_file("notes.txt", "kept")

    assert accounts.run("cat", "/home/lise/notes.txt") == "kept"
    assert accounts.run("stat", "-c", "%U %G", "/home/lise/notes.txt").split() == ["lise", "lise"]
    assert lise.execute("import os; print(os.getuid())") == accounts.run("id", "-u", "lise").strip()


def test_what_a_helper_brings_everybody_reads_and_nobody_else_changes(
    accounts: ContainerMachine, grace: FakeParticipant
) -> None:
    grace.write_file("shared-data/rain.csv", "1,2\n")
    lise = at_work(accounts, "lise")

    assert accounts.run("stat", "-c", "%U %g", f"{SHARED_FOLDER}/rain.csv").split() == ["grace", "1000100"]
    assert lise.read_file("shared-data/rain.csv") == "1,2\n"
    with pytest.raises(PophubError, match=r"Read-only file system|Permission denied"):
        lise.execute(f"open('{SHARED_FOLDER}/rain.csv', 'a')")


def test_whom_a_helper_adds_works_in_a_home_beside_the_hubs_memory(
    accounts: ContainerMachine, grace: FakeParticipant
) -> None:
    assert grace.ask_api("POST", "users/2nd-person").status_code == 201
    set_password(accounts, "2nd-person")
    at_work(accounts, "2nd-person").write_file("notes.txt", "kept")

    assert accounts.run("stat", "-c", "%U", f"{HOMES_FOLDER}/2nd-person/notes.txt").strip() == "2nd-person"
