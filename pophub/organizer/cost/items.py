"""The lines of an estimate, and the cases that they make up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.cost import money, spans

SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an estimate: a quantity of something, and the price of one unit in USD."""

    what: str
    quantity: Decimal
    unit: str
    usd_each: Decimal
    because: str

    @property
    def usd(self) -> Decimal:
        """Exact, as are the sums."""
        return self.quantity * self.usd_each


@dataclass(frozen=True, slots=True)
class Case:
    """One possible course of the event; `on` are the times in which its machine runs."""

    name: str
    items: tuple[Item, ...]
    on: tuple[Window, ...]

    @property
    def usd(self) -> Decimal:
        """The sum of all items."""
        return money.total(item.usd for item in self.items)

    @property
    def hours_on(self) -> Decimal:
        """The hours in which the machine runs."""
        return spans.hours(self.on)

    @property
    def drivers(self) -> tuple[Item, ...]:
        """The three most expensive items."""
        return tuple(sorted(self.items, key=lambda item: -item.usd)[:3])
