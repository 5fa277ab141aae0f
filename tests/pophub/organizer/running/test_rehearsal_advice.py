"""What an organizer is told to change after a rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.running.rehearsal_advice import advise

GIB = 1024**3
MakeEvent = Callable[..., Event]


def found(**changes: Any) -> dict[str, Any]:
    """A summary of a rehearsal on a machine that holds everybody."""
    return {
        "machine": {"vcpus": 48, "available_before": 300 * GIB},
        "server_limit": 60,
        "started": 60,
        "server_memory": GIB // 4,
        "cpu_seconds_a_start": 1.0,
        "holds_in_memory": 1200,
        "holds_in_a_minute": 2880,
        "start_p95": 2.0,
        "first_limit": "",
        "without_content": 0,
        "home_largest": GIB // 100,
        "home_limit": 10 * GIB,
    } | changes


@pytest.fixture(scope="module")
def event(make_event: MakeEvent) -> Event:
    return make_event(participants=50, host={"instance_type": None})


def test_a_machine_that_holds_everybody_stays(event: Event) -> None:
    advice = advise(found(), plan_of(event))

    assert (advice.holds, advice.machine, advice.first_limit) == (60, None, "none")
    assert advice.lines == (
        "`participants: 50` is held: about 60 would be (the hub's limit of servers)",
        "`server.prestart` is not needed: a click takes at most three seconds",
    )


@pytest.mark.parametrize(
    ("figures", "holds", "why"),
    [({"holds_in_memory": 31}, 31, "memory"), ({"holds_in_a_minute": 20}, 20, "all start within a minute")],
)
def test_one_that_does_not_is_told_the_smaller_number_and_a_machine(
    event: Event, figures: dict[str, Any], holds: int, why: str
) -> None:
    advice = advise(found(**figures), plan_of(event))

    assert (advice.holds, advice.holds_because) == (holds, why)
    assert advice.machine
    assert advice.lines[0] == (
        f"`participants: {holds}` is what it holds ({why}); for 50: `host.instance_type: {advice.machine}`"
    )


def test_slower_starts_need_more_processors(event: Event) -> None:
    plan = plan_of(event)
    machines = {it.name: it for it in plan.prices.machines}
    quick, slow = (
        advise(found(holds_in_a_minute=20, cpu_seconds_a_start=seconds), plan).machine for seconds in (1.0, 100.0)
    )

    assert quick
    assert slow
    assert machines[slow].vcpus >= 50 * 100 / 60 > machines[quick].vcpus


def test_no_machine_of_the_table_is_said(event: Event) -> None:
    advice = advise(found(holds_in_a_minute=1, cpu_seconds_a_start=9999.0), plan_of(event))

    assert advice.machine is None
    assert "no machine of the table fits: workers" in advice.lines[0]


@pytest.mark.parametrize(
    ("prestart", "words"),
    [(True, "is on: who came before"), (False, "would spare people the wait of 40 s")],
)
def test_a_slow_click_is_a_reason_to_start_servers_before_a_session(
    make_event: MakeEvent, *, prestart: bool, words: str
) -> None:
    plan = plan_of(make_event(participants=50, host={"instance_type": None}, server={"prestart": prestart}))

    assert any(words in line for line in advise(found(start_p95=40.0), plan).lines)


def test_missing_content_and_large_homes_are_told(event: Event) -> None:
    lines = advise(found(without_content=3, home_largest=6 * GIB), plan_of(event)).lines

    assert any("missing in 3 homes" in line for line in lines)
    assert any("a home has 6.0 GiB" in line for line in lines)


def test_if_nothing_started_nothing_is_known(event: Event) -> None:
    nothing = found(started=0, holds_in_memory=None, holds_in_a_minute=None, start_p95=None, first_limit="503: gone")
    advice = advise(nothing, plan_of(event))

    assert (advice.holds, advice.first_limit) == (None, "503: gone")
    assert advice.lines == ("what the machine holds is not known: nothing started",)
