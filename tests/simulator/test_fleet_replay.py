"""A day on workers with the daemon's own decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from pophub.hub.workers.policy import Policy
from simulator.fleet import BIRTH_SECONDS
from simulator.fleet_replay import FleetReplay
from simulator.hub import Stay, Tally
from simulator.trace import Trace, Visit

# the day's session: from 09:00 to 17:00
START, END = 75, 555


@pytest.fixture
def replay(with_visits: Callable[..., Trace]) -> Callable[..., FleetReplay]:
    """A replay of these servers on workers with two slots, of which `count` hold everybody."""

    def make(*stays: Stay, visits: tuple[Visit, ...] = (), spot: bool = False, count: int = 2) -> FleetReplay:
        trace = with_visits(*visits)
        policy = Policy(
            2, Decimal(4), count, count + 1, spot, timedelta(minutes=15), {}, "UTC", trace.policy.sessions[:1]
        )
        on = bytearray(trace.minutes)
        on[START - 30 : END + 120] = bytes([1]) * (END - START + 150)
        return FleetReplay(trace, policy, Tally(on, bytearray(trace.minutes), servers=list(stays)), spot=spot)

    return make


def test_workers_are_ready_before_the_session_and_nobody_waits(replay: Callable[..., FleetReplay]) -> None:
    done = replay(Stay("ada", START, END), Stay("bob", START, END)).run()

    assert (done.most, done.fleet.waits, done.fleet.ended) == (2, [0, 0], 0)


def test_workers_that_nobody_needs_end_after_people_have_come(replay: Callable[..., FleetReplay]) -> None:
    done = replay(Stay("ada", START, END), count=4).run()
    # one has ada until its end, and one is the room that a session keeps; two end half an hour after the start
    minutes = (18 + END - START + 10) + (18 + END - START) + 2 * (18 + 30)

    assert minutes - 2 <= done.fleet.seconds / 60 <= minutes + 2


def test_a_person_who_comes_in_the_evening_waits_for_a_birth(replay: Callable[..., FleetReplay]) -> None:
    done = replay(Stay("ada", END + 60, END + 90)).run()

    assert len(done.fleet.waits) == 1
    assert BIRTH_SECONDS <= done.fleet.waits[0] <= BIRTH_SECONDS + 10


def test_a_hub_that_goes_off_ends_its_workers(replay: Callable[..., FleetReplay]) -> None:
    done = replay(Stay("ada", END + 60, END + 120)).run()

    assert done.fleet.machines == {}
    assert done.fleet.ended == 0


def test_a_server_that_aws_takes_is_started_again_by_who_works(
    replay: Callable[..., FleetReplay], visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.fleet.LOST_A_DAY", 20)
    visits = (visit(START, END, user="ada"), visit(START, START + 1, user="bob"))
    done = replay(Stay("ada", START, END), Stay("bob", START, END), visits=visits, spot=True).run()

    assert done.lost == done.fleet.taken.count("ada") > 0
    assert len(done.fleet.waits) == 2 + done.lost
    # nobody clicks for bob, who has left
    assert done.fleet.taken.count("bob") == 1
    assert done.fleet.ended == 0
