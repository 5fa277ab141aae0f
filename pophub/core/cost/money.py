"""Money that adds up: exact sums, and rows that are rounded together so that they add up to their rounded total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

CENTS = 2
# a report's own precision: millionths of a dollar
MICROS = 6
# wide enough that no sum or product of prices, GiB and milliseconds is rounded
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, without rounding."""
    result = Decimal(0)
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def rounded(amount: Decimal, places: int = CENTS) -> Decimal:
    """One amount, rounded half to even."""
    return EXACT.quantize(amount, Decimal(1).scaleb(-places))


def apportioned(amounts: Sequence[Decimal], places: int = CENTS) -> list[Decimal]:
    """The amounts, rounded so that they add up to their rounded total.

    The largest remainder method: every row is rounded down, then the missing cents go to the rows that lost the most;
    if two lost the same, to the earlier one. No row is off by a whole cent.
    """
    unit = Decimal(1).scaleb(-places)
    floors = [amount.quantize(unit, ROUND_FLOOR, EXACT) for amount in amounts]
    missing = int((rounded(total(amounts), places) - total(floors)) / unit)
    by_loss = sorted(range(len(amounts)), key=lambda row: (EXACT.subtract(floors[row], amounts[row]), row))
    for row in by_loss[:missing]:
        floors[row] += unit
    return floors


def shown(amount: Decimal | None, places: int = CENTS, currency: str = "") -> str:
    """An amount as text for people; None becomes "not known", without a currency."""
    return "not known" if amount is None else f"{rounded(amount, places):,.{places}f} {currency}".rstrip()


def plain(figure: Decimal) -> str:
    """A number without trailing zeros."""
    return f"{figure.normalize():f}"
