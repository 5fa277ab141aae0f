"""Which workers take servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pophub.hub.workers.facts import Facts
from tests.pophub.hub.workers.story import SESSION, worker


@pytest.mark.parametrize(
    ("changes", "usable", "takes"),
    [
        ({}, True, True),
        ({"paused": True}, True, False),
        ({"joined": False}, False, False),
        ({"ready": False}, False, False),
        ({"leaving": True}, False, False),
        ({"notice": timedelta()}, False, False),
        ({"clock_off": timedelta(hours=-3)}, False, False),
    ],
    ids=["usual", "paused", "not joined", "not ready", "leaving", "taken back", "wrong clock"],
)
def test_a_worker_takes_servers_if_nothing_is_against_it(changes: dict[str, object], usable: bool, takes: bool) -> None:
    found = replace(worker("i-1"), **changes)

    assert (found.usable, found.takes_servers) == (usable, takes)


def test_a_worker_that_the_group_ends_is_no_longer_present() -> None:
    facts = Facts(SESSION.start, (worker("i-1"), worker("i-2", leaving=True)), 1, 0, 0.0, None)

    assert [it.id for it in facts.present] == ["i-1"]
    assert replace(facts, workers=None).present == ()
