"""The policy of an event: sessions and schedule as the calendar has them, slots as the machine has memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lab.plans import plan_of
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.policy import Policy, from_json
from pophub.organizer.deploy.watch_settings import policy_of, watch_settings
from pophub.organizer.event.event import Event
from pophub.organizer.people.roster import Person

MakeEvent = Callable[..., Event]


def _policy(event: Event) -> Policy:
    return policy_of(plan_of(event))


def test_the_examples_policy(make_event: MakeEvent) -> None:
    policy = _policy(make_event())

    assert policy.timezone == "America/Los_Angeles"
    assert len(policy.sessions) == 5
    assert policy.starts[0] == datetime(2027, 3, 1, 16, 45, tzinfo=UTC)
    assert policy.stop_within(policy.starts[0], timedelta(days=1)) == datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
    assert policy.over == datetime(2027, 3, 13, 7, 59, tzinfo=UTC)
    assert (policy.hub_idle, policy.server_idle) == (timedelta(minutes=30), timedelta(hours=2))
    assert policy.budget_usd == Decimal(400)


@pytest.mark.parametrize(
    ("machine", "said", "slots"),
    [(None, None, 61), (None, False, None), ("m6i.large", None, None), ("m6i.large", True, 1)],
)
def test_without_a_prestart_there_are_no_slots_for_one(
    make_event: MakeEvent, machine: str | None, said: bool | None, slots: int | None
) -> None:
    assert _policy(make_event(host={"instance_type": machine}, server={"prestart": said})).slots == slots


def test_the_meter_knows_whether_workers_run_the_servers(make_event: MakeEvent) -> None:
    alone, crowded = (watch_settings(plan_of(make_event(workers=it)))["meter"] for it in (None, {}))

    assert "on_workers" not in alone
    assert Meter.from_json(crowded).on_workers


def test_two_servers_a_processor_start_at_once(make_event: MakeEvent) -> None:
    assert _policy(make_event(host={"instance_type": "m6i.large"})).spawns_at_once == 4


def test_a_machine_that_is_not_known_has_neither(make_event: MakeEvent) -> None:
    policy = _policy(make_event(host={"instance_type": "m9z.large"}))

    assert (policy.slots, policy.spawns_at_once) == (None, None)


def test_the_hub_reads_back_the_policy_and_the_prices(make_event: MakeEvent) -> None:
    settings = watch_settings(plan_of(make_event()))
    meter = Meter.from_json(settings["meter"])
    tariff = meter.basis.tariff

    assert from_json(settings["policy"]) == _policy(make_event())
    assert (meter.machine, meter.disk_gib, meter.sizes) == ("r6i.8xlarge", 604, {"standard": Decimal(4)})
    # as docs/costs.md has it: 2.09 USD an hour while it runs, 0.076 while stopped
    assert round(tariff.usd_an_hour_stopped(meter.disk_gib), 3) == Decimal("0.076")
    assert tariff.machines[meter.machine].usd_an_hour == Decimal("2.016")


def test_an_event_that_no_machine_of_aws_holds_has_no_watch(make_event: MakeEvent) -> None:
    assert watch_settings(plan_of(make_event(participants=1000))) == {}


def test_the_hub_learns_of_its_workers_and_their_prices(make_event: MakeEvent) -> None:
    plan = plan_of(make_event(workers={"type": "r7i.2xlarge", "warm_minutes": 20}))

    assert watch_settings(plan)["workers"] == {
        "slots": 15,
        "slot_gib": "4.062",
        "count": 4,
        "most": 5,
        "spot": False,
        "warm_minutes": 20,
        "prices": {"r7i.2xlarge": "0.5292", "r6i.2xlarge": "0.504", "r7a.2xlarge": "0.6086"},
        "spot_share": "0.4",
    }
    assert "workers" not in watch_settings(plan_of(make_event()))


def test_beside_workers_the_policy_counts_their_slots_and_processors_and_starts_earlier(make_event: MakeEvent) -> None:
    policy = _policy(make_event(workers={"type": "r7i.2xlarge", "warm_minutes": 20}))

    assert (policy.slots, policy.spawns_at_once) == (60, 2 * 32)
    assert policy.starts[0] == policy.sessions[0].start - timedelta(minutes=35)


def test_the_people_of_the_roster_are_started_ahead_unless_they_are_unix_accounts(make_event: MakeEvent) -> None:
    people = (Person("Ada", "ada@uni.example", "Ada-L", 2), Person("Bob", "bob@uni.example", "", 3))

    def roster(**github: object) -> tuple[str, ...]:
        login = {"github": {"allow": ["uni"], "admins": ["octocat"], **github}}
        return _policy(make_event(login=login).with_people(people)).roster

    assert roster() == ("ada-l",)
    assert roster(create_users=True) == ()
    settings = watch_settings(plan_of(make_event(login={"github": {"allow": ["uni"], "admins": ["octocat"]}})))
    assert from_json({key: it for key, it in settings["policy"].items() if key != "roster"}).roster == ()
