"""The hours of one participant, taken from a timeline. Pure; they add up to the hours in the report's row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.contract import AHEAD
from pophub.core.cost.basis import Basis
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.money import apportioned
from pophub.core.cost.rows import hours
from pophub.core.cost.timeline import Timeline, moment

HOUR_PLACES = 2
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Own:
    """What one participant's servers used. `stays` are in order, each with its hours; these add up to `rounded_hours`.

    `hours` and `gib_hours` have four places; `gib_hours` are the hours times the GiB of memory that a server may use.
    """

    basis: Basis
    stays: tuple[tuple[Window, Decimal], ...]
    hours: Decimal
    gib_hours: Decimal
    still_there: bool

    @property
    def rounded_hours(self) -> Decimal:
        return sum((each for _, each in self.stays), NOTHING)


def own(line: Timeline, basis: Basis, user: str) -> Own:
    """The servers that this participant has had until now."""
    mine = sorted(
        it for it in line.visits if it.user == user and it.server != AHEAD and it.start < min(it.end, line.now)
    )
    lengths = [min(it.end, line.now) - it.start for it in mine]
    spans = [Window(moment(it.start), moment(it.start + length)) for it, length in zip(mine, lengths, strict=True)]
    each = apportioned([Decimal(length) / HOUR_MS for length in lengths], HOUR_PLACES)
    gib = sum((length * (it.memory_gib or NOTHING) for it, length in zip(mine, lengths, strict=True)), NOTHING)
    return Own(
        basis=basis,
        stays=tuple(zip(spans, each, strict=True)),
        hours=hours(sum(lengths)),
        gib_hours=hours(gib),
        still_there=bool(line.running) and any(it.end >= line.now for it in mine),
    )
