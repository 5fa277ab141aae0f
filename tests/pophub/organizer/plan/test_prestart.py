"""Servers are started before a session where everybody's fits, or where the organizer says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.people.roster import Person
from pophub.organizer.plan.prestart import prestart, slots

MakeEvent = Callable[..., Event]


# (256 GiB without the kernel's 3 %, less 2 GiB for the hub) / 4 GiB; 8 GiB hold one
@pytest.mark.parametrize(("machine", "there"), [("r6i.8xlarge", 61), ("m6i.large", 1)])
def test_slots_are_what_the_memory_holds(make_event: MakeEvent, machine: str, there: int) -> None:
    event = make_event(host={"instance_type": machine})
    found = plan_of(event).sizing.machine

    assert found is not None
    assert slots(event, found) == there


@pytest.mark.parametrize(
    ("said", "machine", "on", "why"),
    [
        (None, None, True, "r6i.8xlarge holds 61 servers of 4 GiB at once, for 60 people"),
        (False, None, False, "off, as `server.prestart` says"),
        (None, "r6i.4xlarge", False, "off: r6i.4xlarge holds 30 servers of 4 GiB at once, for 60 people"),
        (True, "r6i.4xlarge", True, "as `server.prestart` says, while no more people are known than fit"),
        (True, "m9i.large", False, "off: what the machine holds is not known"),
    ],
    ids=["everybody fits", "forbidden", "not everybody fits", "asked for", "an unknown machine"],
)
def test_it_is_on_where_everybody_fits_or_it_is_asked_for(
    make_event: MakeEvent, said: bool | None, machine: str | None, on: bool, why: str
) -> None:
    event = make_event(server={"prestart": said}, host={"instance_type": machine})
    found = prestart(event, plan_of(event).sizing.machine)

    assert found[0] is on
    assert why in found[1]
    assert plan_of(event).prestart_reason == found[1]


def test_the_roster_is_named_if_there_is_one(make_event: MakeEvent) -> None:
    event = make_event(participants=1)
    with_roster = event.with_people((Person("Ada", "ada@uni.example", "ada", 2),))

    assert [prestart(it, plan_of(event).sizing.machine)[1].partition(" are ")[0] for it in (event, with_roster)] == [
        "servers of those who came before",
        "servers of the roster and of those who came before",
    ]
