"""The lines of an estimate add up exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.organizer.cost.items import Case, Item

NINE, ELEVEN = (datetime(2027, 3, 1, hour, tzinfo=UTC) for hour in (9, 11))


def _item(what: str, quantity: str, usd: str) -> Item:
    return Item(what, Decimal(quantity), "hours", Decimal(usd), "because")


def test_a_case_is_the_sum_of_its_items_and_the_dearest_come_first() -> None:
    items = (_item("a", "3", "0.1"), _item("b", "0.333333", "3"), _item("c", "1", "9"), _item("d", "1", "2"))
    case = Case("expected", items, (Window(NINE, ELEVEN),))

    assert (case.usd, case.hours_on) == (Decimal("12.299999"), 2)
    assert [item.what for item in case.drivers] == ["c", "d", "b"]
