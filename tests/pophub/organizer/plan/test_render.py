"""The check as a person and as a program see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.render import as_json, as_text

MakeEvent = Callable[..., Event]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)


def _text(event: Event, width: int = 110) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(as_text(make_plan(event, region_prices(event.region), now=TODAY)))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"  # type: ignore[attr-defined]


def _json(event: Event) -> Any:
    return json.loads(json.dumps(as_json(make_plan(event, region_prices(event.region), now=TODAY))))


def test_the_example_reads_as_it_should(make_event: MakeEvent) -> None:
    expected = Path(__file__).with_name("example_check.txt").read_text()

    assert _text(make_event()) == expected


def test_a_narrow_terminal_loses_no_letter(make_event: MakeEvent) -> None:
    narrow, wide = (sorted("".join(_text(make_event(), width).split())) for width in (60, 200))

    assert narrow == wide


def test_what_an_organizer_writes_is_never_markup(make_event: MakeEvent) -> None:
    assert "[bold]Geo[/bold] [red]" in _text(make_event(title="[bold]Geo[/bold] [red]"))


def test_a_named_machine_says_who_named_it(make_event: MakeEvent) -> None:
    text = _text(make_event(host={"instance_type": "m9i.large"}))

    assert "m9i.large in us-west-2, as `host.instance_type` says; its price is not known" in text
    assert "warning: the price table of " in text
    assert "not chosen" not in text


def test_days_apart_are_not_shown_as_a_range(make_event: MakeEvent) -> None:
    sessions = [
        {"from": f"2027-03-0{day}", "to": f"2027-03-0{day}", "start": "09:00", "end": "10:00"} for day in (1, 3, 5)
    ]

    assert "start  08:45  1,3,5 March 2027" in _text(make_event(sessions=sessions))


def test_times_in_json_are_utc_and_say_so(make_event: MakeEvent) -> None:
    sessions = [{"from": "2027-03-14", "to": "2027-03-14", "start": "09:00", "end": "17:30"}]
    found = _json(make_event(sessions=sessions, ends="2027-03-14"))

    assert found["sessions"] == [{"start": "2027-03-14T16:00:00Z", "end": "2027-03-15T00:30:00Z"}]
    assert found["schedule"][0]["firings"] == ["2027-03-14T15:45:00Z"]


def test_json_has_every_part_of_the_check(make_event: MakeEvent) -> None:
    found = _json(make_event())

    assert found["machine"] == {
        "name": "r6i.8xlarge",
        "vcpus": 32,
        "memory_gib": 256,
        "usd_per_hour": 2.016,
        "architecture": "x86_64",
    }
    assert (found["instance_type"], found["disk_gib"], found["session_hours"]) == ("r6i.8xlarge", 604, 42.5)
    assert found["prices"] == {"as_of": "2026-10-01", "currency": "USD"}
    assert [rule["action"] for rule in found["schedule"]] == ["start", *["stop"] * 6]
    assert (found["login"]["kind"], found["login"]["admins"], found["warnings"]) == ("github", ["octocat"], [])
    assert {rejected["why"] for rejected in found["rejected"]} >= {
        "too little memory",
        "burstable",
        "another processor",
    }


def test_an_unpriced_machine_is_null_in_json(make_event: MakeEvent) -> None:
    found = _json(make_event(host={"instance_type": "m9i.large"}))

    assert (found["instance_type"], found["machine"]) == ("m9i.large", None)


def test_every_moment_in_json_can_be_read_back(make_event: MakeEvent) -> None:
    moments = [moment for rule in _json(make_event())["schedule"] for moment in rule["firings"]]

    assert all(datetime.fromisoformat(moment).utcoffset() is not None for moment in moments)
