"""Which workers an event gets: enough for everybody, each of a size that ends early in the evening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.errors import PophubError
from pophub.core.figures import WORKER_KERNEL_SHARE, WORKER_SYSTEM_GIB
from pophub.organizer.event.event import Event
from pophub.organizer.event.sections import MOST_WORKERS
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.server_limit import server_limit
from pophub.organizer.plan.workers import MOST_SLOTS, WorkerPlan, plan_workers, slots_of, worker_usd

MakeEvent = Callable[..., Event]
PRICES = region_prices("us-west-2")


def _event(make_event: MakeEvent, people: int = 500, gib: float = 4, **changes: Any) -> Event:
    server = {"memory_gib": Decimal(str(gib)), "home_gib": 1, **changes.pop("server", {})}
    return make_event(participants=people, server=server, **{"workers": {}, **changes})


def _workers(event: Event, *, keep: str = "") -> WorkerPlan:
    found = plan_workers(event, event.workers, PRICES, keep=keep)
    assert found is not None
    return found


def _refused(event: Event) -> PophubError:
    with pytest.raises(PophubError) as refused:
        plan_workers(event, event.workers, PRICES)
    return refused.value


def test_an_event_without_the_key_has_one_machine(make_event: MakeEvent) -> None:
    assert plan_workers(make_event(), None, PRICES) is None


def test_the_workers_hold_everybody_and_all_servers_that_may_run(make_event: MakeEvent) -> None:
    event = _event(make_event)
    plan = _workers(event)

    assert (plan.machine.name, plan.slots, plan.count) == ("r6i.2xlarge", 15, 34)
    assert (plan.count - 1) * plan.slots < 500 <= plan.count * plan.slots
    # 551 servers, of which 15 fit on each
    assert (server_limit(event), plan.most) == (551, 37)


def test_a_few_people_may_have_one_worker_more(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event, people=9, workers={"type": "r6i.2xlarge"}))

    assert (plan.count, plan.most) == (1, 2)


@settings(max_examples=40, deadline=None)
@given(people=st.integers(10, 1000), gib=st.sampled_from([1, 2, 4, 8, 16]), spot=st.booleans())
def test_nothing_with_as_few_slots_costs_less_in_the_end(
    make_event: MakeEvent, people: int, gib: int, *, spot: bool
) -> None:
    event = _event(make_event, people=people, gib=gib, workers={"spot": spot})
    chosen = _workers(event)
    others = [
        _workers(event.model_copy(update={"workers": event.workers.model_copy(update={"type": it.name})}))
        for it in PRICES.machines
        if event.workers is not None
        and it.architecture == "x86_64"
        and not it.name.startswith("t")
        and 0 < slots_of(event, it) <= MOST_SLOTS
        and -(-people // slots_of(event, it)) <= MOST_WORKERS
    ]

    assert chosen.slots <= MOST_SLOTS
    assert min(worker_usd(event, it, PRICES) for it in others) == worker_usd(event, chosen, PRICES)


def test_small_workers_may_cost_more_an_hour_and_less_in_the_end(make_event: MakeEvent) -> None:
    """They end when their few people have left."""
    event = _event(make_event, gib=8, idle={"server_minutes": 60})
    large = _workers(_event(make_event, gib=8, idle={"server_minutes": 60}, workers={"type": "r6i.4xlarge"}))
    small = _workers(event)

    assert (small.machine.name, small.slots, large.slots) == ("r6i.2xlarge", 7, 15)
    assert small.count * small.usd_an_hour > large.count * large.usd_an_hour
    assert worker_usd(event, small, PRICES) < worker_usd(event, large, PRICES)


def test_the_loss_of_one_takes_sixteen_people_at_most(make_event: MakeEvent) -> None:
    """One worker for all 60 costs less, by what the disks and addresses of four cost more."""
    event = _event(make_event, people=60, gib=2)
    all_on_one = _workers(_event(make_event, people=60, gib=2, workers={"type": "r6i.4xlarge"}))

    assert (_workers(event).slots, all_on_one.slots) == (15, 61)
    assert worker_usd(event, all_on_one, PRICES) < worker_usd(event, _workers(event), PRICES)


def test_a_server_that_no_machine_holds_sixteen_of_gets_the_machine_that_holds_some(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event, people=100, gib=200))

    assert plan.slots * plan.count >= 100
    assert plan.slots >= 1


def test_the_other_types_of_the_group_have_the_same_memory_and_processor(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event))

    assert [it.name for it in plan.types] == ["r6i.2xlarge", "r7i.2xlarge", "r7a.2xlarge"]
    assert {(it.memory_gib, it.architecture) for it in plan.types} == {(64, "x86_64")}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_workers_have_the_processor_that_the_event_file_names(make_event: MakeEvent, architecture: str) -> None:
    plan = _workers(_event(make_event, host={"architecture": architecture}))

    assert {it.architecture for it in plan.types} == {architecture}


def test_a_named_type_and_a_named_number_are_taken(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event, workers={"type": "r7i.xlarge", "most": 80}))

    assert (plan.machine.name, plan.slots, plan.count, plan.most) == ("r7i.xlarge", 7, 72, 80)


def test_guaranteed_processors_and_a_large_server_need_slots_too(make_event: MakeEvent) -> None:
    event = _event(make_event, server={"cpus": 4, "cpu_guarantee": 1})

    # 15 by memory, but eight processors
    assert slots_of(event, PRICES.machine("r6i.2xlarge")) == 8
    assert slots_of(event, PRICES.machine("r6i.large")) == 0


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([it.name for it in PRICES.machines if it.name.startswith(("m7i.", "r6i.")) and it.vcpus >= 4]),
    sizes=st.lists(st.sampled_from([1, 2, 3, 4, 6, 8]), min_size=1, max_size=3, unique=True),
)
def test_what_is_reserved_leaves_the_system_its_share_and_loses_no_slot(
    make_event: MakeEvent, name: str, sizes: list[int]
) -> None:
    choices = [{"name": str(size), "memory_gib": size, "cpus": 1} for size in sizes[1:]]
    server = {"memory_gib": sizes[0], "cpus": 1, "choices": choices}
    event = _event(make_event, people=7, server=server, workers={"type": name})
    plan = _workers(event)
    machine_gib = plan.machine.memory_gib * (1 - WORKER_KERNEL_SHARE)
    largest = plan.reserve_gib * event.server.largest_memory_gib / event.server.memory_gib

    assert plan.reserve_gib >= sizes[0]
    assert plan.slots * largest <= machine_gib - WORKER_SYSTEM_GIB
    for size in sizes:
        fits = machine_gib // (plan.reserve_gib * size / sizes[0])
        assert machine_gib - fits * size >= WORKER_SYSTEM_GIB - Decimal("0.001") * fits
    assert plan.standard_slots >= plan.slots


def test_hub_and_workers_start_a_quarter_of_an_hour_before_they_are_ready(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event, workers={"warm_minutes": 10}))

    assert (plan.warm, plan.lead) == (timedelta(minutes=10), timedelta(minutes=25))


def test_spot_is_assumed_to_cost_two_fifths(make_event: MakeEvent) -> None:
    plan = _workers(_event(make_event, workers={"spot": True}))

    assert plan.usd_an_hour == plan.machine.usd_per_hour * Decimal("0.4")
    assert replace(plan, spot=False).usd_an_hour == plan.machine.usd_per_hour


def test_the_type_of_the_first_deployment_is_kept_while_it_holds_everybody(make_event: MakeEvent) -> None:
    event = _event(make_event)

    assert _workers(event, keep="r7i.4xlarge").machine.name == "r7i.4xlarge"
    assert _workers(event, keep="r6i.large").machine.name == "r6i.large"
    assert _workers(_event(make_event, gib=16), keep="r6i.large").machine.name != "r6i.large"
    assert (
        _workers(_event(make_event, workers={"type": "m7i.4xlarge"}), keep="r7i.4xlarge").machine.name == "m7i.4xlarge"
    )


REFUSALS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "another processor": (
        {"workers": {"type": "r7g.2xlarge"}},
        "workers.type",
        "r7g.2xlarge has arm64 processors, `host.architecture` says x86_64",
        "name a worker with x86_64 processors",
    ),
    "a burstable type": (
        {"workers": {"type": "t3.2xlarge"}},
        "workers.type",
        "t3.2xlarge is burstable",
        "name another",
    ),
    "a type without a price": (
        {"workers": {"type": "r9i.2xlarge"}},
        "workers.type",
        "the price table of 2026-10-01 has no r9i.2xlarge in us-west-2",
        "name a type of the table, leave it out, or `pophub prices --family r9i` adds its family",
    ),
    "a type that holds nobody": (
        {"workers": {"type": "m7i.large"}, "server": {"memory_gib": 64}},
        "workers.type",
        "a worker m7i.large with 2 vCPU and 8 GiB holds no server of 64 GiB",
        "name a larger type",
    ),
    "fewer than hold everybody": (
        {"workers": {"type": "r6i.2xlarge", "most": 10}},
        "workers.most",
        "10 workers r6i.2xlarge hold 150 servers, and 500 people work at once",
        "raise `workers.most` to 34 or more",
    ),
    "more than the network has addresses for": (
        {"workers": {"type": "m6i.large"}},
        "workers.type",
        "500 workers m6i.large would be needed, and the event's network has addresses for 200",
        "name a larger type",
    ),
    "servers that no machine holds": (
        {"people": 1000, "server": {"cpus": 128, "cpu_guarantee": 128}},
        "workers",
        "no x86_64 machine of us-west-2 is a worker for 1000 people with 4 GiB each",
        "lower `participants`",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_is_refused_with_its_key_and_a_remedy(make_event: MakeEvent, name: str) -> None:
    changes, field, problem, hint = REFUSALS[name]
    refused = _refused(_event(make_event, **{"gib": 4, **changes}))

    assert (refused.field, refused.problem[: len(problem)], refused.hint[: len(hint)]) == (field, problem, hint)
