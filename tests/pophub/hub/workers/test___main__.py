"""The daemon on a group of the lab AWS: looks, the end of all workers, its report, its unit and its environment."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pophub.core import contract
from pophub.core.cost.records import Moment
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import HubApi
from pophub.hub.watch.state import write
from pophub.hub.workers import __main__ as daemon
from pophub.hub.workers.decide import RULES
from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.facts import Facts
from pophub.hub.workers.world import Memory, World
from pophub.organizer.event.event import Event
from pophub.organizer.paths import ROOT
from pophub.organizer.running import workers_view
from tests.pophub.hub.workers.conftest import Group
from tests.pophub.hub.workers.fake_swarm import FakeSwarm
from tests.pophub.hub.workers.story import SESSION, worker
from tests.pophub.hub.workers.test_policy import _settings as settings_of

UNITS = ROOT / "cloud-init" / "systemd"


@pytest.fixture(autouse=True)
def bundle(tmp_path: Path, make_event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of an event with workers, and no pauses between the looks."""
    folder = tmp_path / "bundle"
    (folder / "hub-config").mkdir(parents=True)
    event = make_event(participants=30, workers={"type": "r7i.2xlarge"})
    write(folder / "hub-config" / contract.WATCH_SETTINGS_FILE, settings_of(event))
    monkeypatch.setattr(daemon, "BUNDLE", folder)
    monkeypatch.setattr(daemon, "OFTEN_SECONDS", 0.01)
    return folder


def test_a_pending_server_gets_a_worker_which_is_in_the_report(
    world: World, group: Group, swarm: FakeSwarm, capsys: pytest.CaptureFixture[str]
) -> None:
    swarm.serve("ada")
    memory = Memory()
    _, last_line = daemon.run_once(world, memory, "")
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) | {"reason": ""} == {
        "rule": "room_is_needed", "reason": "", "steps": ["set size 1"], "problems": [],
    }  # fmt: skip
    daemon.run_once(world, memory, last_line)
    report = json.loads(world.report.read_text())

    assert ([it["state"] for it in report["workers"]], report["pending"]) == (["starting"], 1)
    assert [it["id"] for it in report["workers"]] == group.instances()
    # the costs page and the hub's pages read it
    assert world.report.stat().st_mode & 0o777 == 0o644


def test_what_was_said_is_not_said_again(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    memory = Memory()
    _, last_line = daemon.run_once(world, memory, "")
    daemon.run_once(world, memory, last_line)

    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_end_stops_servers_ends_workers_and_waits_until_none_is_left(
    world: World, group: Group, swarm: FakeSwarm
) -> None:
    one, _ = group.size(2)
    swarm.serve("ada", swarm.join(one))
    swarm.serve("bob")
    daemon.act(Decision("", "", (WorkerAction(Do.PROTECT, one),)), world)

    assert daemon.end(world, Memory(), 20) is ExitCode.DONE
    assert (group.instances(), group.describe()["DesiredCapacity"]) == ([], 0)
    assert (swarm.services(), swarm.nodes({"role": "worker"})) == ([], [])


def test_an_end_that_is_refused_says_how_many_are_left(
    world: World, group: Group, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    group.size(1)
    monkeypatch.setattr(daemon, "act", lambda *_: ["end: not authorized"])

    assert daemon.end(world, Memory(), 0.1) is ExitCode.REFUSED
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"problem": "after 0 s there are still 1 workers"}


def _ends(rule: str) -> Decision:
    return Decision(rule, "", (WorkerAction(Do.END, "i-1"),))


@pytest.mark.parametrize("rule", daemon.BAD)
def test_no_more_are_asked_for_for_a_while_if_no_worker_can_be_used_or_the_next_one_is_bad_too(rule: str) -> None:
    alone = Facts(SESSION.start, (worker("i-1", clock_off=180),), 1, 0, 0.0, None)
    beside = replace(alone, workers=(worker("i-1", clock_off=180), worker("i-2")))

    def failed(*looks: tuple[Facts, float]) -> bool:
        memory = Memory()
        for facts, minutes in looks:
            daemon.note_bad(_ends(rule), facts, memory, Moment(SESSION.start, "boot", int(minutes * 60_000)))
        return memory.failed is not None

    assert failed((alone, 0))
    assert not failed((beside, 0))
    # two of those that were started together, and one that was started in the place of another
    assert not failed((beside, 0), (beside, 2))
    assert failed((beside, 0), (beside, 12))
    assert not failed((beside, 0), (beside, 15))


def test_a_pause_is_no_end() -> None:
    memory = Memory()
    facts = Facts(SESSION.start, (), 0, 0, 0.0, None)
    daemon.note_bad(
        Decision(daemon.BAD[1], "", (WorkerAction(Do.PAUSE, "i-1"),)), facts, memory, Moment(SESSION.start, "", 1)
    )
    daemon.note_bad(_ends("worker_is_lost"), facts, memory, Moment(SESSION.start, "", 1))

    assert (memory.failed, memory.bad) == (None, {})


def test_a_rule_that_ends_bad_workers_is_a_rule() -> None:
    assert set(daemon.BAD) <= {rule.__name__.strip("_") for rule in RULES}
    assert set(daemon.BAD) == set(workers_view.BAD)


def test_while_the_workers_end_nobody_asks_for_new_ones(world: World) -> None:
    order = []

    def other() -> None:
        with daemon.only_one(world):
            order.append("other")

    with daemon.only_one(world):
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.2)
        order.append("end")
    thread.join()

    assert order == ["end", "other"]


def test_settings_that_cannot_be_read_stop_the_daemon_with_a_word(
    world: World, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / "hub-config" / contract.WATCH_SETTINGS_FILE).write_text("{}")
    with pytest.raises(SystemExit):
        daemon.run_once(world, Memory(), "")

    assert "watch-settings.json cannot be read: KeyError" in capsys.readouterr().out


def test_the_world_is_that_of_the_bundle(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account bucket may be in another region."""
    write(bundle / "hub-config" / contract.EVENT_FILE, {"name": "hackweek", "region": "us-west-2"})
    world = daemon.the_world()

    assert (world.region, world.group, world.hub) == ("us-west-2", "pophub-hackweek-workers", None)
    monkeypatch.setenv(contract.WATCH_TOKEN, "hush")
    assert daemon.the_world().hub == HubApi(contract.PROXY_URL, "hush", daemon.HUB_SECONDS)


def test_its_unit_gives_it_the_token_with_which_it_asks_the_hub() -> None:
    unit = (UNITS / "pophub-workers.service").read_text()

    assert f"EnvironmentFile=-{contract.SETTINGS_FOLDER}/{contract.WATCH_TOKEN_FILE}\n" in unit


def test_the_units_run_it_in_its_environment_and_end_the_workers_before_the_hub() -> None:
    python = f"{contract.WORKERS_ENVIRONMENT}/bin/python -B -m pophub.hub.workers"
    stop = (UNITS / "pophub-stop-workers.conf").read_text()
    ends = re.findall(r"^ExecStop=(.*)$", stop, re.MULTILINE)

    assert f"ExecStart={python}\n" in (UNITS / "pophub-workers.service").read_text()
    # an empty line forgets those of the unit, and a failure does not keep the stop from being noted
    assert ends == ["", f"-{python} end 90", "/usr/bin/python3 -B -m pophub.hub.watch stopping"]
    assert f"ExecStop={ends[-1]}\n" in (UNITS / "pophub-stop.service").read_text()
    assert "TimeoutStopSec=150\n" in stop
    # Docker and the homes stop after what starts after them
    assert "After=docker.service nfs-server.service\n" in stop
