"""What is written at the deploy is read in the function."""

from __future__ import annotations

import json

import pytest

from pophub.off_page.facts import as_json, from_json
from tests.pophub.off_page.events import EVENING, SESSIONS, make_facts


@pytest.mark.parametrize("changes", [{}, {"wake": None, "contact": (), "guide": ()}])
def test_the_facts_come_through_a_file(changes: dict[str, object]) -> None:
    facts = make_facts(**changes)

    assert from_json(json.loads(json.dumps(as_json(facts)))) == facts


def test_the_schedule_is_known_from_both_sides() -> None:
    facts = make_facts()

    assert (facts.last_start(EVENING), facts.next_start(EVENING)) == facts.starts
    assert facts.next_start(facts.starts[1]) is None
    assert facts.last_start(SESSIONS[0].start.replace(day=1, hour=0)) is None
    assert facts.session_at(SESSIONS[1].start) == SESSIONS[1]
    assert facts.session_at(EVENING) is None
