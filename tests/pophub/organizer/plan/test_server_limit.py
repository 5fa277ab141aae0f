"""Servers for people whom nobody has counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.plan.prices import region_prices
from pophub.organizer.plan.server_limit import counted, server_limit

MakeEvent = Callable[..., Event]


@pytest.mark.parametrize(("participants", "most"), [(1, 7), (60, 67), (61, 69), (200, 221)])
def test_who_is_not_counted_finds_a_place(make_event: MakeEvent, participants: int, most: int) -> None:
    assert server_limit(make_event(participants=participants)) == most


def test_the_sentence_has_the_numbers_and_what_memory_holds(make_event: MakeEvent) -> None:
    event = make_event()

    assert counted(event, region_prices(event.region).machine("r6i.8xlarge")) == (
        "67 servers at once: 60 participants, 1 helper and 6 for leads and walk-ins; "
        "r6i.8xlarge holds 61 that use all of their 4 GiB"
    )
    assert counted(event, None).endswith("leads and walk-ins")
