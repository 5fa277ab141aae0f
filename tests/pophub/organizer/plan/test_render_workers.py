"""Workers and the comparison, as a person and as a program see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.render import as_json, as_text

MakeEvent = Callable[..., Event]


def _plan(event: Event) -> Plan:
    return make_plan(event, region_prices(event.region), now=datetime(2026, 11, 20, tzinfo=UTC))


def _text(event: Event) -> str:
    console = Console(file=StringIO(), width=110, color_system=None)
    console.print(as_text(_plan(event)))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"  # type: ignore[attr-defined]


def _json(event: Event) -> Any:
    return json.loads(json.dumps(as_json(_plan(event))))


def test_500_people_on_spot_read_as_they_should(make_event: MakeEvent) -> None:
    text = _text(make_event(participants=500, server={"home_gib": 1}, workers={"spot": True}))

    assert Path(__file__).with_name("workers_check.txt").read_text() in text
    assert (
        "grow   08:30  1-5 March 2027      34 workers, ready 15 minutes before the session; none after each stop"
        in text
    )
    assert "shrink" not in text


def test_workers_that_nobody_asked_for_say_why(make_event: MakeEvent) -> None:
    text = " ".join(_text(make_event(participants=1000, server={"home_gib": 1})).split())

    assert "67 r6i.2xlarge of 15 servers each, because no single machine holds everybody at once" in text
    assert "compared several machines: no single one holds everybody at once" in text
    assert "one machine " not in text.partition("compared ")[2].partition("assumed")[0]


def test_the_quota_is_that_of_the_market(make_event: MakeEvent) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html"""
    quota = {spot: " ".join(_text(make_event(workers={"spot": spot})).split()) for spot in (False, True)}

    assert "32 vCPU of the account's quota of running On-Demand vCPUs, beside the hub's" in quota[False]
    assert "32 vCPU of the account's quota of spot requests" in quota[True]


def test_a_type_that_is_named_says_who_named_it(make_event: MakeEvent) -> None:
    assert "type     r8i.96xlarge  as `workers.type` says" in _text(make_event(workers={"type": "r8i.96xlarge"}))


def test_json_has_the_workers_and_both_ways(make_event: MakeEvent) -> None:
    found = _json(make_event(participants=500, server={"home_gib": 1}, workers={"warm_minutes": 5}))

    assert found["workers"] == {
        "types": ["r6i.2xlarge", "r7i.2xlarge", "r7a.2xlarge"],
        "slots": 15,
        "count": 34,
        "most": 37,
        "spot": False,
        "warm_minutes": 5,
        "reserve_gib": 4.062,
        "vcpus": 272,
    }
    compared = found["comparison"]
    assert compared["one_machine"] == {"machine": "r8i.96xlarge", "usd": 1947.1}
    assert {key: compared["spot"][key] for key in ("machine", "worker", "workers")} == {
        "machine": "c7i.2xlarge", "worker": "r6i.2xlarge", "workers": 34
    }  # fmt: skip
    assert compared["spot"]["usd"] < compared["on_demand"]["usd"] < compared["one_machine"]["usd"]
    assert compared["spot_assumed_off"] == 0.6
    assert {rule["action"] for rule in found["schedule"]} == {"start", "stop", "grow", "shrink"}


def test_one_machine_has_a_comparison_and_no_workers(make_event: MakeEvent) -> None:
    found = _json(make_event())

    assert (found["workers"], found["comparison"]["one_machine"]["machine"]) == (None, "r6i.8xlarge")
    assert _json(make_event(login={"system": {}}))["comparison"]["on_demand"] is None
    assert _json(make_event(host={"instance_type": "m9i.large"}))["comparison"] is None
