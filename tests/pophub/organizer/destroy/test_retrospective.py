"""The page about an event that is over: what was, and what to set next time, from the finished event's own meter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pophub.aws.bucket import Stored
from pophub.aws.client import Aws
from pophub.core.cost.report import Report
from pophub.hub.archive.history import History, Servers, Spawns
from pophub.hub.archive.receipt import Receipt
from pophub.organizer.cost.cost_report import so_far
from pophub.organizer.destroy.retrospective import GIB, page
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.sections import Workers
from tests.pophub.core.cost.finished import EVENT, GONE, METER

SAID = {"action": "stop", "reason": "nobody worked for 30 minutes", "at": "2027-03-05T18:00:00+00:00"}


@pytest.fixture(scope="module")
def event() -> Event:
    return load_event(EVENT)


@pytest.fixture(scope="module")
def cost() -> Report:
    return so_far(str(EVENT), Aws(), [METER], now=GONE, ask=False, names=False, gone=GONE)


def _home(gib: float, **problems: int) -> Receipt:
    stored = Stored("e", 1)
    return Receipt("ada", "ada", 3, int(gib * GIB), stored, stored, verified=True, problems=problems)


def test_people_stops_homes_and_cost_are_on_one_page(event: Event, cost: Report) -> None:
    text = page(event, cost=cost, homes=[_home(5), _home(2.5)], last_report=SAID, now=GONE)

    assert text.startswith("# Geo Hackweek 2027: looking back\n\ngeo-hackweek, written 2027-03-12 10:00 PST")
    assert "- **people**: 53 came, 60 were planned for; " in text
    assert "- **machine**: 7 times on, 54.0 hours; 3.9 with nobody" in text
    assert "- **homes**: 2 with 6 files and 7.50 GiB; the largest 5.00 of 10 GiB" in text
    assert "- **the watch's last word**: stop, nobody worked for 30 minutes (2027-03-05 10:00 PST)" in text
    assert "| 2027-03-01 " in text.split("## When the machine was on")[1]
    assert "**spent so far**: 130" in text
    assert [line for line in text.splitlines() if line.startswith("# ")] == ["# Geo Hackweek 2027: looking back"]


def test_the_machines_of_an_event_with_workers_are_on_it(event: Event, workers_report: Report) -> None:
    text = page(
        event.model_copy(update={"workers": Workers(most=3)}), cost=workers_report, homes=[], last_report=SAID, now=GONE
    )

    assert "- **the hub's machine**: once on, 8.5 hours; 2.0 with nobody" in text
    assert "- **workers**: 3 in all, 3 at once at most; 17.5 hours for 4.06, without disks" in text
    assert "- `workers.most` above 3: all of them ran at once" in text
    assert "| workers, r7i.2xlarge spot | 2 | 2 | 11.5 |" in text
    assert "workers.most" not in page(event, cost=workers_report, homes=[], last_report=SAID, now=GONE)


def test_what_the_machine_knew_is_on_it_too(event: Event, cost: Report) -> None:
    history = History("t", Servers(2, 1, 1, {"2027-03-01": 2}), "2027-03-01T16:00:00+00:00", Spawns(2, 0, 3, 4, 4), 1)
    text = page(event, cost=cost, homes=[_home(5)], last_report=SAID, history=history, now=GONE)

    assert "- **time to start**: median 3.0 s" in text
    assert "\n## Starts of servers by day\n\n| day | starts |\n| --- | ---: |\n| 2027-03-01 | 2 |\n" in text
    assert "## Incidents, since 2027-03-01 08:00" in text


def test_what_no_machine_has_told_is_not_known(event: Event, cost: Report) -> None:
    text = page(event, cost=cost, homes=[_home(5)], last_report=SAID, now=GONE)

    assert text.split("## Next time")[0].count(": not known\n") == 4
    assert "\n## Incidents\n\nnot known\n" in text


@pytest.mark.parametrize(
    ("largest", "advice"),
    [
        (2.0, "`server.home_gib: 3`: the largest home holds 2.00 GiB"),
        (8.5, "`server.home_gib: 11`: the largest home is nearly full with 8.50 GiB"),
    ],
)
def test_the_next_event_gets_homes_that_fit(event: Event, cost: Report, largest: float, advice: str) -> None:
    assert f"- {advice}" in page(event, cost=cost, homes=[_home(largest)], last_report=None, now=GONE)


def test_what_helpers_shared_is_nobody_s_home(event: Event, cost: Report) -> None:
    shared = replace(_home(9), home="shared_data", user="shared_data")
    text = page(event, cost=cost, homes=[_home(5), shared], last_report=None, now=GONE)

    assert "- **homes**: 1 with 3 files and 5.00 GiB; the largest 5.00 of 10 GiB" in text
    assert "- **shared data**: 3 files and 9.00 GiB" in text
    assert "`server.home_gib: 6`: the largest home holds 5.00 GiB" in text


@pytest.mark.parametrize(
    ("peak", "advice"),
    [(20, "`participants: 24`: 20 worked at once at most"), (70, "`participants: 84`: 70 worked at once, more than")],
)
def test_the_next_event_gets_a_machine_that_fits(event: Event, cost: Report, peak: int, advice: str) -> None:
    told = replace(cost, peaks=((GONE, peak), (GONE, 1)))

    assert f"- {advice}" in page(event, cost=told, homes=[_home(7)], last_report=None, now=GONE)


def test_idle_hours_and_a_budget_that_was_too_small_are_told(event: Event, cost: Report) -> None:
    told = replace(cost, usd=Decimal(500), use=replace(cost.use, idle_hours=Decimal(30)))
    text = page(event, cost=told, homes=[_home(7)], last_report=None, now=GONE)

    assert "`budget_usd: 600`: 500.00 were spent of 400.00" in text
    assert "`idle.hub_minutes` below 30" in text


def test_where_nothing_stands_out_that_is_said(event: Event, cost: Report) -> None:
    told = replace(cost, peaks=((GONE, 55),))

    assert "- as it was: nothing stands out" in page(event, cost=told, homes=[_home(7)], last_report=None, now=GONE)


def test_what_could_not_be_archived_is_told_by_participant(event: Event, cost: Report) -> None:
    text = page(event, cost=cost, homes=[_home(5, **{"permission denied": 2})], last_report=None, now=GONE)

    assert "- `ada`: 2 times permission denied" in text


def test_without_a_meter_the_rest_is_told(event: Event) -> None:
    text = page(event, cost="no meter in the bucket", homes=[], last_report=None, now=GONE)

    assert text.endswith("## What it cost\n\nno meter in the bucket\n")
    assert "people" not in text.split("## Next time")[0]
