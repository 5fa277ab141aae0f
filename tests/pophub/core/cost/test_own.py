"""One participant's hours: the report's own, in stays that add up, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.own import own
from pophub.core.cost.records import Reading
from pophub.core.cost.report import report
from pophub.core.cost.timeline import timeline
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]
STORY = lines(
    Boot().run(10, clean=False), Boot().visit("ada", 1, 3), Boot().visit("ada", 9, None), Boot().visit("bob", 2, 4)
)


@pytest.mark.parametrize("now", [finished.GONE, finished.TRIED + timedelta(days=2)])
def test_everybodys_hours_are_those_of_the_report(make_basis: MakeBasis, now: datetime) -> None:
    basis, line = make_basis(), timeline(Reading(finished.lines()), now=now)
    rows = report(finished.lines(), basis, now=now, names=True).people

    assert len(rows) > 20
    for row in rows:
        mine = own(line, basis, row.what)
        assert (mine.hours, mine.gib_hours, len(mine.stays)) == (row.hours, row.gib_hours, row.servers)
        assert abs(mine.rounded_hours - mine.hours) <= Decimal("0.00505")


def test_a_server_that_runs_counts_until_now(make_basis: MakeBasis) -> None:
    now = MONDAY + timedelta(hours=10, minutes=1)
    mine = own(timeline(Reading(STORY), now=now), make_basis(), "ada")

    assert [length for _, length in mine.stays] == [2, Decimal("1.02")]
    assert mine.stays[-1][0].end == now
    assert mine.still_there
    assert not own(timeline(Reading(STORY), now=now), make_basis(), "bob").still_there


def test_what_is_later_is_not_counted(make_basis: MakeBasis) -> None:
    mine = own(timeline(Reading(STORY), now=MONDAY + timedelta(hours=2)), make_basis(), "ada")

    assert mine.hours == 1


def test_who_was_never_there_has_nothing(make_basis: MakeBasis) -> None:
    mine = own(timeline(Reading(STORY), now=MONDAY), make_basis(), "mallory")

    assert (mine.stays, mine.hours, mine.still_there) == ((), 0, False)
