"""What the hub says of its workers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pophub.core.cost.records import Moment
from pophub.hub.workers.collect import collect
from pophub.hub.workers.facts import Facts
from pophub.hub.workers.report import as_report
from pophub.hub.workers.world import Memory, World, births_of
from tests.pophub.hub.workers.conftest import Group
from tests.pophub.hub.workers.fake_swarm import FakeSwarm
from tests.pophub.hub.workers.story import POLICY, SESSION, worker

MINUTE = timedelta(minutes=1)


def test_the_report_has_each_machine_with_its_birth_and_price(
    world: World, group: Group, swarm: FakeSwarm, now: datetime
) -> None:
    one, two = group.size(2)
    memory = Memory()
    swarm.serve("ada", swarm.join(one))
    facts = collect(world, memory, POLICY, Moment(now, "boot", 0))
    report = as_report(facts, memory, POLICY)

    assert report | {"workers": []} == {
        "at": "2027-03-01T17:30:00+00:00", "wanted": 2, "pending": 0, "trouble": "", "bad": {}, "workers": [],
    }  # fmt: skip
    assert report["workers"][0] == {
        "id": one, "type": "r7i.large", "market": "on-demand", "usd_an_hour": "0.1", "born": "2027-03-01T17:30:00+00:00",
        "state": "ready", "availability": "active", "servers": 1, "slots": 4, "address": "10.20.0.31", "clock_off": None,
        "notice": None,
    }  # fmt: skip
    assert (report["workers"][1]["id"], report["workers"][1]["state"]) == (two, "starting")
    # a daemon that starts again keeps them
    later = Memory(births=births_of(json.dumps(report)))
    collect(world, later, POLICY, Moment(now + MINUTE, "boot", 60_000))
    assert later.births == memory.births
    assert births_of("{") == {}


def test_a_notice_is_told_with_when_the_servers_stop_in_the_event_s_time_zone() -> None:
    facts = Facts(SESSION.end, (worker("i-1", notice=60),), 1, 0, 0.0, None)
    [told] = as_report(facts, Memory(births={"i-1": ("", None)}), POLICY)["workers"]

    assert told["notice"] == {"stop_at": "2027-03-01T17:30:30+00:00", "clock": "09:30"}


def test_a_clock_that_is_wrong_and_a_worker_that_was_ended_for_it_are_told() -> None:
    facts = Facts(SESSION.end, (worker("i-1", clock_off=-180),), 1, 0, 0.0, None)
    memory = Memory(births={"i-1": ("", None)})
    memory.bad["worker_s_clock_is_wrong"] = Moment(datetime(2027, 3, 1, 9, tzinfo=UTC), "boot", 1)
    report = as_report(facts, memory, POLICY)

    assert report["workers"][0]["clock_off"] == -10800
    assert report["bad"] == {"worker_s_clock_is_wrong": "2027-03-01T09:00:00+00:00"}
