"""Free slots; the cases of test_decide.py show what follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pophub.hub.workers.decision import Do, WorkerAction
from pophub.hub.workers.facts import Facts
from pophub.hub.workers.room import free, free_on, kept_free, more_workers
from tests.pophub.hub.workers.story import POLICY, SESSION, worker

HOUR = timedelta(hours=1)
FACTS = Facts(SESSION.end + HOUR, (worker("i-1", servers=3), worker("i-2")), 2, 0, 0.0, None)


@pytest.mark.parametrize(("slots", "whole"), [(0, 4), (0.5, 3), (3.9999999, 0), (2.9999999, 1), (5, 0)])
def test_only_whole_slots_are_free(slots: float, whole: int) -> None:
    assert free_on(worker("i-1", slots=slots), POLICY) == whole


def test_a_worker_that_takes_no_servers_has_no_free_slot() -> None:
    paused = replace(FACTS, workers=(worker("i-1", servers=3), worker("i-2", paused=True)))

    assert (free(FACTS, POLICY), free(paused, POLICY)) == (5, 1)


def test_room_is_kept_in_a_session_and_while_people_come() -> None:
    at = [SESSION.start - HOUR / 6, SESSION.start + 4 * HOUR, SESSION.end + HOUR]
    large = replace(POLICY, count=50)

    assert [kept_free(replace(FACTS, now=it), large) for it in at] == [20, 4, 0]


def test_workers_that_come_are_counted_and_the_most_is_never_passed() -> None:
    assert more_workers(FACTS, POLICY, 5) == [WorkerAction(Do.SET_SIZE, size=4)]
    assert more_workers(replace(FACTS, wanted=3), POLICY, 5) == [WorkerAction(Do.SET_SIZE, size=4)]
    assert more_workers(FACTS, POLICY, 100) == [WorkerAction(Do.SET_SIZE, size=POLICY.most)]
    assert more_workers(replace(FACTS, failed=timedelta()), POLICY, 5) == []
