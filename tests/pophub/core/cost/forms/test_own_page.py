"""A participant's page: their hours on the event's clocks, adding up, and no word that is markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.own_page import own_page
from pophub.core.cost.own import own
from pophub.core.cost.records import Reading
from pophub.core.cost.timeline import timeline
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]


def rows(page: str) -> list[list[str]]:
    return [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page)][1:]


def test_times_are_on_the_clocks_of_the_event(make_basis: MakeBasis) -> None:
    line = timeline(Reading(lines(Boot().run(10), Boot().visit("ada", 1, 3.5))), now=MONDAY + timedelta(days=1))
    page = own_page(own(line, make_basis(), "ada"))

    assert rows(page) == [["2027-03-01", "09:45", "12:15", "2.50"], ["total", "", "", "2.50"]]
    assert "times of America/Los_Angeles" in page
    assert "no server of yours runs now" in page
    assert re.search(
        r"<dt>memory kept for you</dt><dd>[\d.]+ GiB-hours<small>these hours, times the GiB of memory", page
    )


def test_the_rows_add_up(make_basis: MakeBasis) -> None:
    line = timeline(Reading(finished.lines()), now=finished.GONE)
    *stays, total = rows(own_page(own(line, make_basis(), "person-03")))

    assert len(stays) > 3
    assert sum(Decimal(row[-1]) for row in stays) == Decimal(total[-1])


def test_a_title_is_text(make_basis: MakeBasis) -> None:
    basis = replace(make_basis(), title="<script>")
    page = own_page(own(timeline([], now=MONDAY), basis, "ada"), top="<nav></nav>")

    assert "<script>" not in page
    assert "<nav></nav>" in page
    assert "no hours of yours yet" in page
