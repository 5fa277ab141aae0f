"""Workers in the replay: they take servers as Swarm places them, and end when the policy says so."""

from __future__ import annotations

import pytest

from pophub.hub.workers.decision import Decision, Do, WorkerAction
from simulator.fleet import BIRTH_SECONDS, NOTICE_SECONDS, Fleet
from simulator.trace import Trace


@pytest.fixture
def fleet(traces: dict[str, Trace]) -> Fleet:
    """Two workers with two slots each, ready."""
    found = Fleet(traces["nobody-comes"], 2, spot=False)
    found.set_size(2, 0)
    found.go_on(BIRTH_SECONDS)
    return found


def _act(fleet: Fleet, now: int, *steps: WorkerAction) -> None:
    fleet.act(Decision("rule", "reason", steps), now)


def test_a_worker_takes_servers_after_its_birth(traces: dict[str, Trace]) -> None:
    fleet = Fleet(traces["nobody-comes"], 2, spot=False)
    fleet.set_size(1, 0)
    fleet.ask("ada", 10)
    fleet.go_on(BIRTH_SECONDS - 1)
    assert (fleet.facts(80).pending, fleet.place_of) == (1, {})
    fleet.go_on(BIRTH_SECONDS)

    assert (fleet.facts(90).pending, list(fleet.place_of), fleet.waits) == (0, ["ada"], [BIRTH_SECONDS - 10])


def test_servers_spread_and_the_fifth_waits(fleet: Fleet) -> None:
    for user in "abcde":
        fleet.ask(user, 100)
    fleet.go_on(100)

    assert [it.servers for it in fleet.facts(100).workers or ()] == [2, 2]
    assert [sorted(it.servers) for it in fleet.machines.values()] == [["a", "c"], ["b", "d"]]
    assert fleet.facts(100).pending == 1
    fleet.stop("a", 200)
    fleet.go_on(200)
    assert fleet.waits == [0, 0, 0, 0, 100]


def test_a_paused_worker_takes_no_more_and_an_ended_one_is_paid_until_then(fleet: Fleet) -> None:
    _act(fleet, 100, WorkerAction(Do.PAUSE, "i-0001"))
    for user in "abc":
        fleet.ask(user, 100)
    fleet.go_on(100)
    assert [it.servers for it in fleet.facts(100).workers or ()] == [0, 2]
    _act(fleet, 160, WorkerAction(Do.END, "i-0001"), WorkerAction(Do.END, "i-0002"))

    assert (fleet.seconds, fleet.ended, fleet.machines) == (320, 2, {})


def test_a_spot_worker_has_a_notice_and_is_taken(traces: dict[str, Trace]) -> None:
    fleet = Fleet(traces["nobody-comes"], 2, spot=True)
    fleet.set_size(1, 0)
    [machine] = fleet.machines.values()
    assert machine.lost_at is not None
    fleet.ask("ada", 0)
    fleet.go_on(BIRTH_SECONDS)
    [worker] = fleet.facts(machine.lost_at - NOTICE_SECONDS - 1).workers or ()
    assert worker.notice is None
    [worker] = fleet.facts(machine.lost_at - NOTICE_SECONDS + 30).workers or ()
    assert worker.notice is not None
    assert worker.notice.total_seconds() == 30
    fleet.go_on(machine.lost_at)

    assert (fleet.taken, fleet.machines, fleet.ended) == (["ada"], {}, 0)


def test_servers_that_are_stopped_before_that_are_taken_too_and_once(traces: dict[str, Trace]) -> None:
    fleet = Fleet(traces["nobody-comes"], 2, spot=True)
    fleet.set_size(1, 0)
    fleet.ask("ada", 0)
    fleet.go_on(BIRTH_SECONDS)
    _act(fleet, 100, WorkerAction(Do.STOP_SERVERS, "i-0001"))
    [machine] = fleet.machines.values()
    fleet.go_on(machine.lost_at or 0)

    assert fleet.taken == ["ada"]


def test_a_smaller_size_ends_nobody_and_a_closed_hub_ends_all(fleet: Fleet) -> None:
    fleet.set_size(0, 100)
    assert len(fleet.machines) == 2
    fleet.ask("ada", 100)
    fleet.close(200)

    assert (fleet.machines, fleet.facts(200).pending, fleet.seconds) == ({}, 0, 400)
