"""The watch in the replay: what it tells `decide`, and what it does with the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from simulator.hub import Hub
from simulator.trace import Trace, Visit
from simulator.watcher import SLOWEST_ANSWER, Watcher

WithVisits = Callable[..., Trace]
END = 555


def _hub(trace: Trace) -> Hub:
    hub = Hub(trace)
    hub.start(60)
    return hub


def _stopped_at(watcher: Watcher, first: int, last: int) -> int | None:
    return next((minute for minute in range(first, last) if watcher.run_once(minute)), None)


def test_an_idle_hub_is_stopped_ten_minutes_after_its_session(with_visits: WithVisits) -> None:
    watcher = Watcher(_hub(with_visits()), answered=True)

    assert _stopped_at(watcher, 63, 1000) == END + 10


def test_who_sits_before_the_banner_asks_for_an_hour(with_visits: WithVisits, visit: Callable[..., Visit]) -> None:
    hub = _hub(with_visits())
    hub.spawn("ada", 100)
    hub.present["ada"] = visit(100, 2000)
    asked, silent = Watcher(hub, answered=True), Watcher(hub, answered=False)

    # the first look only compares clocks
    assert _stopped_at(silent, END, 700) == END + 11
    assert _stopped_at(asked, END, END + 120) is None
    hub.present.clear()
    left = _stopped_at(asked, END + 120, 1000)
    assert left is not None
    assert END + 120 <= left <= END + 120 + 60 + SLOWEST_ANSWER + 10


def test_the_roster_has_its_servers_before_the_session(with_visits: WithVisits) -> None:
    hub = _hub(replace(with_visits(), roster=("ada", "bob")))
    watcher = Watcher(hub, answered=True)
    for minute in range(63, 70):
        watcher.run_once(minute)

    assert set(hub.servers) == {"ada", "bob"}


def test_a_budget_that_runs_out_shortens_what_people_are_told(with_visits: WithVisits) -> None:
    trace = with_visits()
    hub = _hub(replace(trace, policy=replace(trace.policy, budget_usd=Decimal("0.01"))))
    Watcher(hub, answered=True).run_once(100)

    assert hub.server_idle == 30
