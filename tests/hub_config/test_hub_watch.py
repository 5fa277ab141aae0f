"""The watch at a real hub: what its token sees and may do, and that a computation is one while it computes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import WATCH_TOKEN
from pophub.hub.hub_api import HubApi, HubRefused
from pophub.hub.this_machine import moment
from pophub.hub.watch.collect import collect
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.state import Paths, State
from pophub.organizer.deploy.watch_settings import policy_of
from pophub.organizer.event.event import Event
from pophub.organizer.people.roster import Person
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
TOKEN = "a-token-of-the-test-that-is-long-enough"


@dataclass(frozen=True)
class WithToken:
    """The lab's GitHub, at a machine that has a watch."""

    github: LabGitHub

    @property
    def environment(self) -> dict[str, str]:
        return {**self.github.environment, WATCH_TOKEN: TOKEN}

    def settings(self, hub_url: str) -> Any:
        return self.github.settings(hub_url)


@pytest.fixture(scope="module")
def hub(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    roster = (
        Person("Carol", "carol@uni.example", "Carol-X", 2),
        Person("Mallory", "mallory@uni.example", "mallory", 3),
    )
    folder = unpacked(hackweek.with_people(roster), tmp_path_factory.mktemp("watched"))
    with LabHub(folder, WithToken(lab_github), servers="processes") as hub:
        yield hub


def test_the_watch_sees_servers_and_their_computations_and_may_start_but_not_open_them(
    hub: LabHub, hackweek: Event, tmp_path: Path
) -> None:
    policy = policy_of(plan_of(hackweek))
    api, state, paths = HubApi(hub.url, TOKEN), State(), Paths(tmp_path, tmp_path)

    def look() -> Facts:
        return collect(paths, state, policy, meter=None, ask_users=api.users, moment=moment())

    assert look().servers == ()
    ada = FakeParticipant(hub.url, "ada")
    ada.sign_in()
    assert list(api.start(["ada", "ada"])) == [("ada", None)] * 2
    wait_until(ada.server_is_running, 120, "the server that the watch has started runs")
    facts = look()
    (server,) = facts.servers or ()
    assert (facts.answering, server.user, server.pending, "ada" in (facts.roster or ())) == (True, "ada", False, True)
    assert server.started
    headers = {"Authorization": f"token {TOKEN}"}
    assert requests.get(f"{ada.server_url}/api/kernels", headers=headers, timeout=30).status_code in (401, 403)
    with pytest.raises(HubRefused):
        HubApi(hub.url, "another").users()

    ada.get(f"{ada.server_url}/lab")
    ended = threading.Event()

    def compute() -> None:
        run("import os\nwhile not os.path.exists('seen.txt'): pass")
        ended.set()

    with ada.kernel() as run:
        thread = threading.Thread(target=compute)
        thread.start()
        wait_until(
            lambda: any(it.cores and it.cores > 0.05 for it in busy(look) or ()), 60, "it computes", every_seconds=6
        )
        ada.write_file("seen.txt", "")
        thread.join()
        wait_until(lambda: busy(look) == (), 60, "it computes no more", every_seconds=6)
    assert ended.is_set()
    ada.sign_out()


def test_a_server_of_the_roster_waits_for_its_owner_and_lets_nobody_in(hub: LabHub) -> None:
    """Mallory is on the roster and in none of the organizations."""
    api, expected = HubApi(hub.url, TOKEN), ("carol-x", "mallory", "heidi")
    problems = dict(api.start(expected, expected=expected))
    assert problems == {"carol-x": None, "mallory": None, "heidi": "only people of the roster are expected"}
    carol, mallory = FakeParticipant(hub.url, "Carol-X"), FakeParticipant(hub.url, "mallory")
    for person in (carol, mallory):
        wait_until(person.server_is_running, 120, "the server that the watch has started runs")
    assert groups(api) == {"carol-x": ["expected"], "mallory": ["expected"]}

    carol.sign_in()
    with pytest.raises(Refused):
        mallory.sign_in()
    assert groups(api) == {"carol-x": [], "mallory": ["expected"]}
    # whoever has been here is not only expected, whatever the watch asks
    assert dict(api.start(["carol-x"], expected=expected)) == {"carol-x": None}
    assert groups(api)["carol-x"] == []
    assert requests.post(f"{hub.url}/hub/api/expected/mallory", timeout=30).status_code == 403
    carol.sign_out()
    api.stop("mallory")


def groups(api: HubApi) -> dict[str, list[str]]:
    """What the watch sees of the two people of the roster."""
    return {user["name"]: user["groups"] for user in api.users() if user["name"] in ("carol-x", "mallory")}


def test_what_a_cell_prints_makes_nobody_active(hub: LabHub) -> None:
    """A bar of progress is nobody at work; that the cell began and ended is."""
    grace = FakeParticipant(hub.url, "grace")
    grace.sign_in()
    grace.start_server()

    def active() -> str:
        """What the server tells the hub."""
        return str(grace._server("GET", "status")["last_activity"])

    with grace.kernel() as run:
        run("1")
        code = "import time\nfor _ in range(24):\n    print(_, flush=True)\n    time.sleep(0.5)"
        thread = threading.Thread(target=run, args=[code])
        began = active()
        thread.start()
        wait_until(lambda: active() > began, 10, "the cell has begun")
        time.sleep(2)
        during = [active(), time.sleep(3), active()]
        thread.join()
        assert during[0] == during[2]
        assert active() > during[2]
    grace.sign_out()


def busy(look: Any) -> Any:
    (server,) = look().servers
    return server.busy
