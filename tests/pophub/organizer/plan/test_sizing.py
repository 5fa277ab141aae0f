"""The machine and the disk: the cheapest that fits, the organizer's word, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan import sizing as module
from pophub.organizer.plan.prices import InstanceType, region_prices
from pophub.organizer.plan.sizing import Sizing

MakeEvent = Callable[..., Event]
_people = st.integers(1, 120)
_memory = st.sampled_from([Decimal("0.25"), Decimal(1), Decimal("1.5"), Decimal(2), Decimal(4)])


def size(event: Event, *, keep: str = "") -> Sizing:
    return module.size(event, region_prices(event.region), keep=keep)


def _figure(sizing: Sizing, what: str) -> Decimal:
    [step] = [step for step in sizing.steps if step.what == what]
    return step.figure


def test_the_memory_is_everybodys_limit_and_the_hubs_share(make_event: MakeEvent) -> None:
    sizing = size(make_event(participants=60, server={"memory_gib": 4}))

    assert [_figure(sizing, what) for what in ("servers", "hub")] == [240, 2]
    # (240 + 2) / 0.97, rounded up
    assert sizing.needs.memory_gib == Decimal("249.49")


def test_the_memory_is_that_of_the_largest_choice(make_event: MakeEvent) -> None:
    choices = [{"name": "large", "memory_gib": 8, "cpus": 1}]

    assert _figure(size(make_event(participants=10, server={"choices": choices})), "servers") == 80


def test_the_processors_start_everybody_in_a_minute(make_event: MakeEvent) -> None:
    sizing = size(make_event(participants=120, server={"memory_gib": 1, "cpus": 1}))
    [opening] = [step for step in sizing.steps if step.what == "opening"]

    # 120 times 2.5 s in 60 s, and a quarter for the hub
    assert opening.figure == Decimal("5.25")


def test_guaranteed_processors_are_there_for_everybody_at_once(make_event: MakeEvent) -> None:
    choices = [{"name": "large", "memory_gib": 4, "cpus": 2, "cpu_guarantee": 1}]
    server = {"memory_gib": 1, "memory_guarantee_gib": 1, "cpu_guarantee": Decimal("0.5"), "choices": choices}
    sizing = size(make_event(participants=20, server=server))

    # the largest guarantee for each, and a quarter for the hub; the limits of memory count, not what is guaranteed of them
    assert (_figure(sizing, "guaranteed"), sizing.needs.vcpus) == (Decimal("20.25"), Decimal("20.25"))
    assert _figure(sizing, "servers") == 80
    assert "guaranteed" not in {step.what for step in size(make_event()).steps}


def test_the_processors_are_enough_for_everybody_at_work(make_event: MakeEvent) -> None:
    sizing = size(make_event(participants=120, server={"memory_gib": 1, "cpus": 1}))

    # 120 times 0.08, and a quarter for the hub
    assert sizing.needs.vcpus == Decimal("9.85")


def test_a_server_is_never_larger_than_the_machine(make_event: MakeEvent) -> None:
    sizing = size(make_event(participants=1, server={"memory_gib": 1, "cpus": 20}))

    assert sizing.machine is not None
    assert sizing.machine.vcpus >= 20


def test_the_largest_choice_is_never_larger_than_the_machine(make_event: MakeEvent) -> None:
    choices = [{"name": "large", "memory_gib": 1, "cpus": 12}]

    assert size(make_event(participants=1, server={"choices": choices})).needs.vcpus == 12


def test_the_disk_says_what_it_holds(make_event: MakeEvent) -> None:
    sizing = size(make_event(participants=60, server={"home_gib": 10}))

    assert (sizing.disk_gib, sizing.steps[-1].because) == (604, "60 homes of 10 GiB and 4 GiB for the hub's own state")


def test_a_given_disk_says_who_gave_it(make_event: MakeEvent) -> None:
    sizing = size(make_event(host={"disk_gib": 700}))

    assert (sizing.disk_gib, sizing.steps[-1].because.split(";")[0]) == (700, "`host.disk_gib` says so")


@settings(max_examples=60, deadline=None)
@given(
    people=_people,
    memory=_memory,
    region=st.sampled_from(["us-west-2", "eu-central-1", "ca-central-1"]),
    arm=st.booleans(),
)
def test_nothing_that_fits_is_cheaper(
    make_event: MakeEvent, people: int, memory: Decimal, region: str, arm: bool
) -> None:
    host = {"architecture": "arm64" if arm else "x86_64"}
    sizing = size(make_event(participants=people, region=region, server={"memory_gib": memory}, host=host))
    fitting = [
        machine
        for machine in region_prices(region).machines
        if machine.memory_gib >= sizing.needs.memory_gib
        and machine.vcpus >= sizing.needs.vcpus
        and machine.architecture == host["architecture"]
        and not machine.name.startswith("t")
    ]

    assert sizing.machine == min(fitting, key=lambda machine: (machine.usd_per_hour, machine.name))


@settings(max_examples=60, deadline=None)
@given(people=_people, more=st.integers(0, 20), memory=_memory)
def test_more_people_never_get_less(make_event: MakeEvent, people: int, more: int, memory: Decimal) -> None:
    few, many = (size(make_event(participants=n, server={"memory_gib": memory})) for n in (people, people + more))

    assert few.machine is not None
    assert many.machine is not None
    assert few.needs.memory_gib <= many.needs.memory_gib
    assert few.needs.vcpus <= many.needs.vcpus
    assert few.disk_gib <= many.disk_gib
    assert few.machine.usd_per_hour <= many.machine.usd_per_hour


def test_every_machine_of_the_region_is_chosen_or_rejected_for_a_reason(make_event: MakeEvent) -> None:
    sizing = size(make_event())

    assert 1 + sum(rejected.count for rejected in sizing.rejected) == len(region_prices("us-west-2").machines)


def test_the_nearest_of_each_kind_of_rejected_machine_is_named(make_event: MakeEvent) -> None:
    rejected = {each.why: (each.nearest.name, each.but) for each in size(make_event(participants=3)).rejected}

    assert rejected["too little memory"] == ("m6i.large", "8 of 14.44 GiB")
    assert rejected["burstable"] == ("t3.xlarge", "slow once its CPU credits are used up, or billed on top")
    assert rejected["another processor"] == ("r7g.large", "arm64, not x86_64")
    assert rejected["dearer"] == ("r7i.large", "fits too")


def test_the_nearest_is_not_the_cheapest_but_the_one_that_lacks_least(make_event: MakeEvent) -> None:
    nearest = {each.why: each.nearest.name for each in size(make_event(participants=60)).rejected}

    assert nearest["too little memory"] == "m6i.12xlarge"


def test_too_few_processors_are_a_reason(make_event: MakeEvent) -> None:
    rejected = {each.why: each.but for each in size(make_event(participants=1, server={"cpus": 3})).rejected}

    assert rejected["too few processors"] == "2 of 3 vCPU"


def test_of_equal_prices_the_first_name_wins(make_event: MakeEvent) -> None:
    twins = tuple(InstanceType(name, 64, Decimal(512), Decimal(1), "x86_64") for name in ("r9b.large", "r9a.large"))
    prices = replace(region_prices("us-west-2"), machines=twins)

    assert module.size(make_event(), prices).instance_type == "r9a.large"


def test_a_machine_that_is_kept_stays_while_it_fits(make_event: MakeEvent) -> None:
    kept = size(make_event(), keep="r7i.8xlarge")
    others = {each.why: (each.nearest.name, each.but) for each in kept.rejected if each.why in ("cheaper", "dearer")}

    assert kept.instance_type == "r7i.8xlarge"
    assert others["cheaper"] == (
        "r6i.8xlarge",
        "fits too, but the hub has r7i.8xlarge: `host.instance_type` asks for another",
    )
    assert size(make_event(participants=80), keep="r7i.8xlarge").instance_type != "r7i.8xlarge"
    assert size(make_event(host={"instance_type": "m6i.large"}), keep="r7i.8xlarge").instance_type == "m6i.large"


@pytest.mark.parametrize(
    ("people", "machine"),
    [(180, "r7i.24xlarge"), (240, "r7i.48xlarge"), (370, "r7i.48xlarge"), (500, "r8i.96xlarge"), (740, "r8i.96xlarge")],
)
def test_one_machine_holds_hundreds_of_people_with_4_gib_each(make_event: MakeEvent, people: int, machine: str) -> None:
    assert size(make_event(participants=people, server={"home_gib": 1})).instance_type == machine


def test_nothing_that_fits_is_told_with_the_nearest_and_what_to_lower(make_event: MakeEvent) -> None:
    with pytest.raises(module.NoMachineFits) as refused:
        size(make_event(participants=1000, server={"home_gib": 1}))

    assert refused.value.problem == (
        "no x86_64 machine of us-west-2 has 4125.78 GiB and 80.25 vCPU (r8i.96xlarge: 3072 of 4125.78 GiB)"
    )
    assert (refused.value.field, refused.value.hint.split(",")[0]) == ("participants", "lower `participants`")


def test_a_region_without_prices_is_told(make_event: MakeEvent) -> None:
    with pytest.raises(PophubError) as refused:
        size(make_event(region="sa-east-1"))

    assert refused.value.field == "region"


def test_the_organizers_machine_is_taken_without_a_word_when_it_fits(make_event: MakeEvent) -> None:
    sizing = size(make_event(host={"instance_type": "r7i.8xlarge"}))

    assert (sizing.instance_type, sizing.machine and sizing.machine.name, sizing.warnings) == (
        "r7i.8xlarge",
        "r7i.8xlarge",
        (),
    )


def test_the_organizers_machine_is_taken_with_a_warning_for_each_thing_it_lacks(make_event: MakeEvent) -> None:
    sizing = size(make_event(host={"instance_type": "t3.medium"}))

    assert (sizing.instance_type, sizing.warnings) == (
        "t3.medium",
        (
            "t3.medium is burstable: slow once its CPU credits are used up, or billed on top",
            "t3.medium has too little memory: 4 of 249.49 GiB",
            "t3.medium has too few processors: 2 of 5.05 vCPU",
        ),
    )


@pytest.mark.parametrize(("region", "name"), [("us-west-2", "m9i.large"), ("sa-east-1", "m7i.large")])
def test_a_machine_without_a_price_is_taken_and_says_so(make_event: MakeEvent, region: str, name: str) -> None:
    sizing = size(make_event(region=region, host={"instance_type": name}))

    assert (sizing.instance_type, sizing.machine) == (name, None)
    assert ["what it costs and whether it is big enough is not known" in warning for warning in sizing.warnings] == [
        True
    ]


def test_a_machine_that_cannot_boot_the_system_is_refused(make_event: MakeEvent) -> None:
    with pytest.raises(PophubError, match=r"m7g\.large has arm64 processors") as refused:
        size(make_event(host={"instance_type": "m7g.large"}))

    assert refused.value.field == "host.instance_type"


@pytest.mark.parametrize(
    ("people", "gib", "vcpus", "machine"),
    [
        (60, "4.37", "2.36", "c7i.xlarge"),
        (300, "5.34", "3.80", "c7i.xlarge"),
        (500, "6.14", "5.00", "c7i.2xlarge"),
        (1000, "8.16", "8.00", "c7i.2xlarge"),
    ],
)
def test_beside_workers_the_hub_is_small(
    make_event: MakeEvent, people: int, gib: str, vcpus: str, machine: str
) -> None:
    event = make_event(participants=people, server={"home_gib": 1})
    sizing = module.size(event, region_prices("us-west-2"), alone=True)

    assert (sizing.needs.memory_gib, sizing.needs.vcpus) == (Decimal(gib), Decimal(vcpus))
    assert (sizing.instance_type, sizing.disk_gib) == (machine, event.disk_gib)
