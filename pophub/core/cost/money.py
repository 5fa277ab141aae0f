"""Money that adds up: exact sums, and rows that are rounded together so that they still make their total. No prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

CENTS = 2
# what a report works with: a millionth of a dollar
MICROS = 6
# wide enough that no sum or product of prices, gibibytes and milliseconds is ever rounded
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, without any rounding."""
    result = Decimal(0)
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def rounded(amount: Decimal, places: int = CENTS) -> Decimal:
    """One amount, half to even."""
    return EXACT.quantize(amount, Decimal(1).scaleb(-places))


def apportioned(amounts: Sequence[Decimal], places: int = CENTS) -> list[Decimal]:
    """The amounts, rounded so that they add up to their rounded total.

    By largest remainder: every row is rounded down, and the cents that are missing go to the rows that lost most,
    to the earlier one where two lost the same. No row is off by a whole cent.
    """
    unit = Decimal(1).scaleb(-places)
    floors = [amount.quantize(unit, ROUND_FLOOR, EXACT) for amount in amounts]
    missing = int((rounded(total(amounts), places) - total(floors)) / unit)
    by_loss = sorted(range(len(amounts)), key=lambda row: (EXACT.subtract(floors[row], amounts[row]), row))
    for row in by_loss[:missing]:
        floors[row] += unit
    return floors


def shown(amount: Decimal | None, places: int = CENTS, currency: str = "") -> str:
    """An amount for a person; None is not known, and has no currency."""
    return "not known" if amount is None else f"{rounded(amount, places):,.{places}f} {currency}".rstrip()


def plain(figure: Decimal) -> str:
    """A number without the zeros that calculating left behind."""
    return f"{figure.normalize():f}"
