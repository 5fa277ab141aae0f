"""The memory that participants can use at a moment, and what it costs. Pure and exact, in USD per millisecond."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from pophub.core.cost.lives import Life
from pophub.core.cost.tariff import OF_WORKERS, WORKERS, MachinePrice, Tariff
from pophub.core.figures import usable_gib_of_worker

HOUR_MS = 3_600_000
FINEST = Decimal(1).scaleb(-24)
NOTHING = Decimal(0)


@dataclass(slots=True)
class Capacity:
    """One machine or several: the whole, the part that people can use, and the size of that part in GiB."""

    usd: Decimal
    usable_usd: Decimal
    usable_gib: Decimal
    known: dict[Decimal, Decimal] = field(default_factory=dict)

    def gib(self, taken: Decimal) -> Decimal:
        """USD per GiB and millisecond when `taken` GiB are in use.

        If that is more than there is, all share what there is.
        """
        found = self.known.get(taken)
        if found is None:
            found = self.known[taken] = (self.usable_usd / max(self.usable_gib, taken)).quantize(FINEST, ROUND_DOWN)
        return found


def capacity_of(price: MachinePrice, usd_an_hour: Decimal, usable: Callable[[Decimal], Decimal]) -> Capacity:
    """One machine; on one that is too small for its system, people can use everything."""
    usd = a_millisecond(usd_an_hour)
    gib = usable(price.memory_gib)
    if gib <= 0:
        gib = price.memory_gib
    return Capacity(usd, (usd * gib / price.memory_gib).quantize(FINEST), gib)


@dataclass(slots=True)
class Workers:
    """The workers that run at one moment; amounts are of all of them together.

    `unpriced` is the number of workers whose price is not known. People cannot use the memory of a type that is not in
    the tariff, because its size is not known.
    """

    parts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(OF_WORKERS, NOTHING))
    usable_usd: Decimal = NOTHING
    usable_gib: Decimal = NOTHING
    count: int = 0
    unpriced: int = 0

    @property
    def capacity(self) -> Capacity | None:
        """None if people can use nothing."""
        return Capacity(self.parts[WORKERS], self.usable_usd, self.usable_gib) if self.usable_gib else None


class Workforce:
    """All workers of a timeline, moment by moment in order of time."""

    def __init__(self, lives: Iterable[Life], tariff: Tariff) -> None:
        self._tariff = tariff
        self._now = Workers()
        self._turns = sorted(
            ((at, sign, life) for life in lives for at, sign in ((life.start, 1), (life.end, -1))),
            key=lambda turn: turn[0],
            reverse=True,
        )

    def at(self, moment: int) -> Workers:
        """The workers from this moment on; it must not be before the moment that was asked last."""
        while self._turns and self._turns[-1][0] <= moment:
            _, sign, life = self._turns.pop()
            self._add(life, sign)
        return self._now

    def _add(self, life: Life, sign: int) -> None:
        now, price = self._now, self._tariff.machines.get(life.type)
        usd = self._tariff.worker_usd_an_hour(life.type, life.usd_an_hour)
        now.count += sign
        now.unpriced += sign * (usd is None)
        for part, rate in self._tariff.worker(usd or NOTHING).items():
            now.parts[part] += sign * a_millisecond(rate)
        if usd is not None and price is not None:
            own = capacity_of(price, usd, usable_gib_of_worker)
            now.usable_usd += sign * own.usable_usd
            now.usable_gib += sign * own.usable_gib


def a_millisecond(usd_an_hour: Decimal) -> Decimal:
    return (usd_an_hour / HOUR_MS).quantize(FINEST)
