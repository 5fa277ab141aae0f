"""A rehearsal at a real hub whose servers are processes: played, refused, cut off, and met by somebody real."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.core.contract import METER_FILE, PRETENDED, REHEARSAL_TOKEN, is_pretended
from pophub.core.cost.meter import append
from pophub.core.cost.records import Kind, of_hub
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import HubApi
from pophub.hub.rehearsal.__main__ import Machine, main
from pophub.hub.rehearsal.situation import World
from pophub.hub.rehearsal.sweep import Paths
from pophub.hub.this_machine import moment
from pophub.organizer.event.event import Event
from pophub.organizer.paths import ROOT
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
TOKEN = "a-token-of-the-test-that-is-long-enough"
CELLS = [
    {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": it}
    for it in ("a = 42", "assert a == 42", "1 / 0")
]
TITLE = {"cell_type": "markdown", "metadata": {}, "source": "# First"}
NOTEBOOK = {"cells": [TITLE, *CELLS], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# what a machine's `python -m pophub.hub.rehearsal run` does, at this hub
PROGRAM = """
import sys
from pathlib import Path
from pophub.hub.rehearsal.__main__ import Machine, command
from pophub.hub.rehearsal.situation import World
from pophub.hub.rehearsal.sweep import Paths
url, bundle, *folders = sys.argv[1:6]
command(sys.argv[6:], Machine(World(Paths(*map(Path, folders)), Path(bundle)), url, url, here=False))
"""


@dataclass(frozen=True)
class WithToken:
    """The lab's GitHub, at a machine where rehearsals have a token."""

    github: LabGitHub

    @property
    def environment(self) -> dict[str, str]:
        return {**self.github.environment, REHEARSAL_TOKEN: TOKEN}

    def settings(self, hub_url: str) -> Any:
        return self.github.settings(hub_url)


@dataclass(frozen=True)
class Hub:
    """A hub that was on for a minute."""

    lab: LabHub
    machine: Machine

    @property
    def paths(self) -> Paths:
        return self.machine.world.paths

    def users(self) -> list[str]:
        return [str(it["name"]) for it in HubApi(self.lab.url, TOKEN).users()]

    def require_clean(self) -> None:
        assert not [it for it in self.users() if is_pretended(it)]
        assert not list(self.paths.homes.glob(f"{PRETENDED}*"))
        assert not self.paths.marker.exists()


@pytest.fixture(scope="module")
def hub(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = unpacked(hackweek, tmp_path_factory.mktemp("rehearsed"))
    memory = tmp_path_factory.mktemp("memory")
    now = moment()
    append(memory / METER_FILE, [of_hub(Kind.START, now, machine="r7i.large", disk_gib=100), of_hub(Kind.BEAT, now)])
    with LabHub(folder, WithToken(lab_github), servers="processes") as lab:
        paths = Paths(memory, memory, lab.state / "homes")
        yield Hub(lab, Machine(World(paths, folder), lab.url, lab.url, here=False))


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REHEARSAL_TOKEN, TOKEN)


def played(hub: Hub, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[ExitCode, dict[str, Any]]:
    code = main(["run", *arguments], hub.machine)
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_people_start_work_leave_and_nothing_of_them_stays(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    ada = hub.paths.homes / "ada"
    ada.mkdir()
    for number in (1, 2):
        home = hub.paths.homes / f"{PRETENDED}{number}"
        home.mkdir()
        (home / "first.ipynb").write_text(json.dumps(NOTEBOOK))

    code, found = played(hub, capsys, "--people", "2", "--idle", "1", "--notebook", "first.ipynb", "--cells", "2")

    assert (code, found["failures"], found["cut_short"]) == (ExitCode.DONE, {}, "")
    assert (found["signed_in"], found["started"], found["cells"]) == (2, 2, 2)
    assert 0 < found["start_p50"] <= found["start_last"]
    assert found["server_memory"] > 50 * 2**20
    assert found["cpu_seconds_a_start"] > 0.1
    assert found["home_largest"] > 0
    hub.require_clean()
    assert ada.exists()


def test_beside_somebody_who_works_there_is_no_rehearsal(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    grace = FakeParticipant(hub.lab.url, "grace")
    grace.sign_in()
    grace.start_server()

    code, found = played(hub, capsys, "--people", "1")

    assert (code, found["problem"]) == (ExitCode.REFUSED, "no rehearsal now: people work on the hub: grace")
    assert grace.server_is_running()
    hub.require_clean()
    grace.sign_out()
    wait_until(lambda: not grace.server_is_running(), 30, "her server has stopped")


def test_its_token_reaches_nobody_but_its_own_people(hub: Hub) -> None:
    def asked(method: str, place: str, token: str = TOKEN) -> int:
        headers = {"Authorization": f"token {token}"}
        address = f"{hub.lab.url}/hub/api/{place}"
        return requests.request(method, address, headers=headers, timeout=30, allow_redirects=False).status_code

    assert asked("POST", "rehearsal/ada") == 403
    assert asked("POST", f"rehearsal/{PRETENDED}9", "another") == 403
    assert asked("DELETE", "users/octocat") == 404
    assert [asked("POST", f"users/{place}") for place in ("octocat/server", "octocat/tokens", "somebody")] == [403] * 3
    hub.require_clean()


def test_what_is_not_known_refuses(hub: Hub, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    without_meter = replace(hub.paths, memory=tmp_path)
    unknown = replace(hub, machine=replace(hub.machine, world=replace(hub.machine.world, paths=without_meter)))

    code, found = played(unknown, capsys, "--people", "1")

    assert (code, found["problem"]) == (
        ExitCode.REFUSED,
        "no rehearsal now: what the event has cost so far is not known",
    )
    hub.require_clean()


def test_somebody_real_ends_it_and_keeps_the_server(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    ada = FakeParticipant(hub.lab.url, "ada")
    ada.sign_in()

    def come() -> None:
        wait_until(lambda: any(map(is_pretended, hub.users())), 60, "the rehearsal has begun")
        ada.start_server()

    coming = threading.Thread(target=come)
    coming.start()
    code, found = played(hub, capsys, "--people", "1", "--idle", "300")
    coming.join()

    assert (code, found["cut_short"]) == (ExitCode.DONE, "somebody came to work: ada")
    assert ada.server_is_running()
    hub.require_clean()
    ada.sign_out()
    wait_until(lambda: not ada.server_is_running(), 30, "her server has stopped")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_what_was_cut_off_half_way_is_swept(hub: Hub, capsys: pytest.CaptureFixture[str], how: signal.Signals) -> None:
    paths = hub.paths
    folders = (hub.machine.world.bundle, paths.run, paths.memory, paths.homes)
    command = [sys.executable, "-c", PROGRAM, hub.lab.url, *map(str, folders), "run", "--people", "1", "--idle", "300"]
    with subprocess.Popen(command, cwd=ROOT) as running:
        person = FakeParticipant(hub.lab.url, "nobody", f"{PRETENDED}1")
        wait_until(person.server_is_running, 120, "the pretended person's server runs")
        # while it is under way nothing is swept
        assert main(["sweep"], hub.machine) == ExitCode.DONE
        assert person.server_is_running()
        running.send_signal(how)
        running.wait()
    assert paths.marker.exists() is (how is signal.SIGKILL)

    assert main(["sweep"], hub.machine) == ExitCode.DONE

    # the output belongs to the run, which may share it
    assert capsys.readouterr().out == ""
    hub.require_clean()
    assert not person.server_is_running()
