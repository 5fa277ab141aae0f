"""The replayed hub, minute by minute."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.hub import BOOT, By, Hub
from simulator.trace import Job, Trace, Visit
from simulator.ways import Culls

WithVisits = Callable[..., Trace]


@pytest.fixture
def hub(with_visits: WithVisits, visit: Callable[..., Visit]) -> Hub:
    """On since minute 60; ada's server since 70, at work until 100, at the desk until 400."""
    hub = Hub(with_visits())
    hub.start(60)
    hub.spawn("ada", 70)
    hub.present["ada"] = visit(70, 400)
    hub.servers["ada"].works_until = 100
    return hub


def test_a_machine_boots(with_visits: WithVisits) -> None:
    hub = Hub(with_visits())
    hub.start(10)

    assert not hub.ready(10 + BOOT - 1)
    assert hub.ready(10 + BOOT)


def test_nobody_knows_of_work_that_is_still_to_come(hub: Hub) -> None:
    assert [hub.servers["ada"].last_activity_at(minute) for minute in (70, 80, 100, 150)] == [70, 79, 99, 99]
    assert hub.last_activity(80) == 79


def test_an_idle_server_is_culled_at_its_minute(hub: Hub) -> None:
    hub.cull(158, Culls.ARBITER)
    assert "ada" in hub.servers
    hub.cull(159, Culls.ARBITER)
    assert "ada" not in hub.servers
    assert sum(hub.tally.stopped_under_use.values()) == 0
    assert hub.last_activity(300) == 99


def test_an_idle_time_that_is_shortened_counts_at_once(hub: Hub) -> None:
    hub.cull(130, Culls.ARBITER)
    hub.tell_idle(30)
    hub.cull(131, Culls.ARBITER)

    assert "ada" not in hub.servers


def test_the_arbiter_waits_for_a_computation_until_its_limit_and_the_stock_culler_does_not(hub: Hub) -> None:
    hub.compute("ada", Job(99, 1000))
    hub.cull(99 + 239, Culls.ARBITER)
    assert "ada" in hub.servers
    hub.cull(99 + 240, Culls.ARBITER)
    assert (hub.tally.cut, hub.tally.stopped_under_use[By.CULLER]) == (1, 0)

    hub.spawn("bob", 400)
    hub.compute("bob", Job(400, 1000))
    hub.cull(461, Culls.STOCK)
    assert hub.tally.stopped_under_use[By.CULLER] == 1


def test_a_computation_that_is_done_is_activity(hub: Hub) -> None:
    hub.compute("ada", Job(99, 50))
    hub.finish_jobs(149)

    assert hub.last_activity(200) == 149
    hub.cull(149 + 60, Culls.ARBITER)
    assert "ada" not in hub.servers


@pytest.mark.parametrize(("minute", "under_use"), [(120, 1), (158, 1), (159, 0)])
def test_a_stop_hits_who_pauses_shorter_than_people_are_told(hub: Hub, minute: int, under_use: int) -> None:
    assert [visit.user for visit in hub.stop(minute, By.WATCH)] == ["ada"]
    assert hub.tally.stopped_under_use[By.WATCH] == under_use
    assert not hub.ready(minute)


def test_who_logs_out_loses_nothing(hub: Hub) -> None:
    hub.log_out("ada", 120)

    assert hub.last_activity(200) == 120
    assert sum(hub.tally.stopped_under_use.values()) == 0


def test_a_minute_is_used_while_somebody_is_there_or_computes(hub: Hub) -> None:
    hub.compute("ada", Job(99, 1000))
    for minute, there in ((100, True), (200, False), (99 + 240, False)):
        if not there:
            hub.present.clear()
        hub.count(minute)

    assert [hub.tally.used[minute] for minute in (100, 200, 99 + 240)] == [1, 1, 0]
    assert hub.minutes_on == sum(hub.tally.on) == 3
