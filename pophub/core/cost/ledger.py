"""A timeline and its prices → what each person and part cost, and when.

Pure and exact: splitting the time keeps the sum.

Each price is turned once into a price for a millisecond, with 24 places. Everything after that is multiplied by whole
milliseconds and added. The price of one GiB is rounded down, so that the cost of unused memory is never negative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from itertools import pairwise

from pophub.core.contract import AHEAD, is_pretended
from pophub.core.cost.capacity import HOUR_MS, NOTHING, Capacity, Workers, Workforce, a_millisecond, capacity_of
from pophub.core.cost.money import EXACT
from pophub.core.cost.tariff import MACHINE, OF_WORKERS, STANDING, WORKERS, Tariff
from pophub.core.cost.timeline import Run, Timeline, Visit
from pophub.core.figures import usable_gib

# people are counted by quarters of an hour, because some time zones differ from UTC by half or a quarter of an hour
QUARTER_MS = HOUR_MS // 4


@dataclass(slots=True)
class Cell:
    """A stretch of time between two cuts, in which only the people present change. Amounts are in USD."""

    start: int
    end: int
    on: bool = False
    parts: dict[str, Decimal] = field(default_factory=dict)
    # the cost of the memory that participants can use, and of the part that they used
    usable: Decimal = NOTHING
    people: Decimal = NOTHING
    # the cost of the hub's machine if it runs no servers
    hub: Decimal = NOTHING
    unpriced_ms: int = 0
    idle_ms: int = 0
    person_ms: int = 0
    # the largest number of people at once
    peak: int = 0

    @property
    def usd(self) -> Decimal:
        return sum(self.parts.values(), NOTHING)

    @property
    def machines_usd(self) -> Decimal:
        return self.parts[MACHINE] + self.parts.get(WORKERS, NOTHING)


@dataclass(slots=True)
class Person:
    """What one participant's servers used."""

    usd: Decimal = NOTHING
    ms: int = 0
    gib_ms: Decimal = NOTHING
    servers: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The cells of a span, in order and without gaps; the people; the most people at once, by quarter of an hour since 1970.

    `on_workers`: in at least one run workers ran the servers. `rehearsals` are all pretended people together, `ahead` the
    servers that were started before their owners first came; None if there were none. Neither are people who came.
    """

    cells: tuple[Cell, ...]
    people: dict[str, Person]
    peaks: dict[int, int]
    on_workers: bool = False
    rehearsals: Person | None = None
    ahead: Person | None = None

    @property
    def usd(self) -> Decimal:
        return sum((cell.usd for cell in self.cells), NOTHING)


def ledger(line: Timeline, tariff: Tariff, since: int, until: int, cuts: Iterable[int] = ()) -> Ledger:
    """Everything between two moments in milliseconds since 1970; no cell crosses a cut."""
    with localcontext(EXACT):
        return _Sweep(line, tariff, since, until, cuts).sweep()


class _Sweep:
    """One pass over everything that begins or ends, in order of time."""

    def __init__(self, line: Timeline, tariff: Tariff, since: int, until: int, cuts: Iterable[int]) -> None:
        self._line, self._tariff, self._since, self._until = line, tariff, since, until
        self._visits = [it for it in line.visits if it.end > since and it.start < until and it.end > it.start]
        self._workers = Workforce(line.workers, tariff) if line.on_workers else None
        edges = {edge for run in line.runs for edge in (run.start, run.end)} | {at for at, _ in line.disks}
        edges |= {edge for worker in line.workers for edge in (worker.start, worker.end)}
        self._edges = sorted({since, until, *(it for it in (*edges, *cuts) if since < it < until)})
        self._parts = (MACHINE, *OF_WORKERS, *STANDING) if line.on_workers else (MACHINE, *STANDING)
        self._people: dict[str, Person] = {}
        self._peaks: dict[int, int] = {}
        self._there: dict[str, int] = {}
        self._rehearsals: Person | None = None
        self._ahead: Person | None = None
        self._pretended = 0
        self._taken = NOTHING
        # the sum of what one GiB has cost so far: a visit costs the difference between its end and its start
        self._gib_usd = NOTHING
        self._entered: dict[int, Decimal] = {}

    def sweep(self) -> Ledger:
        count, visits = len(self._visits), self._visits
        # one number for time, start or stop, and index of the visit: five times as fast to sort as a tuple of three
        turns = [(max(it.start, self._since) * 2 + 1) * count + index for index, it in enumerate(visits)]
        turns += [min(it.end, self._until) * 2 * count + index for index, it in enumerate(visits)]
        turns.sort(reverse=True)
        cells = []
        for start, end in pairwise(self._edges):
            cell = Cell(start, end, parts=dict.fromkeys(self._parts, NOTHING))
            machine, at = self._pay(cell), start
            last = (end * 2 + 2) * count
            while turns and turns[-1] < last:
                turn, index = divmod(turns.pop(), count)
                then, enters = divmod(turn, 2)
                if then > at:
                    self._pass(cell, machine, at, then)
                    at = then
                if enters:
                    self._enter(visits[index], index)
                else:
                    self._leave(visits[index], index)
            if end > at:
                self._pass(cell, machine, at, end)
            cells.append(cell)
        return Ledger(tuple(cells), self._people, self._peaks, self._line.on_workers, self._rehearsals, self._ahead)

    def _pay(self, cell: Cell) -> Capacity | None:
        """Add all costs that do not depend on who is present, and return what people can use; None if that is nothing."""
        length = cell.end - cell.start
        run = _run_at(self._line.runs, cell.start)
        disk = next((gib for at, gib in reversed(self._line.disks) if at <= cell.start), None)
        if self._line.runs and cell.start >= self._line.born and disk is not None:
            for part, rate in self._tariff.standing(disk).items():
                cell.parts[part] = a_millisecond(rate) * length
        capacity = self._machine(run)
        cell.on = run is not None
        if capacity is not None:
            cell.parts[MACHINE] = capacity.usd * length
        elif run is not None:
            cell.unpriced_ms = length
        if self._workers is not None:
            workers = self._workers.at(cell.start)
            self._pay_workers(cell, workers)
            if run is None or run.on_workers or workers.count:
                cell.hub, capacity = cell.parts[MACHINE], workers.capacity
        cell.usable = NOTHING if capacity is None else capacity.usable_usd * length
        return capacity

    def _pay_workers(self, cell: Cell, workers: Workers) -> None:
        length = cell.end - cell.start
        cell.unpriced_ms += workers.unpriced * length
        for part, rate in workers.parts.items():
            cell.parts[part] = rate * length

    def _machine(self, run: Run | None) -> Capacity | None:
        price = self._tariff.machines.get(run.machine) if run else None
        return capacity_of(price, price.usd_an_hour, usable_gib) if price else None

    def _pass(self, cell: Cell, machine: Capacity | None, start: int, end: int) -> None:
        """Add a span in which the people present do not change."""
        length, present = end - start, len(self._there)
        if not present and not self._pretended:
            cell.idle_ms += length if cell.on else 0
        if present:
            cell.person_ms += present * length
            cell.peak = max(cell.peak, present)
            peaks = self._peaks
            for quarter in range(start // QUARTER_MS, (end - 1) // QUARTER_MS + 1):
                if peaks.get(quarter, 0) < present:
                    peaks[quarter] = present
        if machine is not None and self._taken:
            gib = machine.gib(self._taken) * length
            self._gib_usd += gib
            cell.people += gib * self._taken

    def _enter(self, visit: Visit, index: int) -> None:
        if is_pretended(visit.user):
            self._pretended += 1
        elif visit.server != AHEAD:
            self._there[visit.user] = self._there.get(visit.user, 0) + 1
        self._taken += visit.memory_gib or NOTHING
        self._entered[index] = self._gib_usd

    def _leave(self, visit: Visit, index: int) -> None:
        """A server stops, or the span ends."""
        memory = visit.memory_gib or NOTHING
        person = self._whose(visit)
        self._taken -= memory
        length = min(visit.end, self._until) - max(visit.start, self._since)
        person.usd += memory * (self._gib_usd - self._entered.pop(index))
        person.ms += length
        person.gib_ms += memory * length
        person.servers += 1

    def _whose(self, visit: Visit) -> Person:
        """Who pays for a server that stops: its owner, all rehearsals together, or nobody yet."""
        user = visit.user
        if visit.server == AHEAD:
            self._ahead = self._ahead or Person()
            return self._ahead
        if is_pretended(user):
            self._pretended -= 1
            self._rehearsals = self._rehearsals or Person()
            return self._rehearsals
        left = self._there[user] - 1
        if left:
            self._there[user] = left
        else:
            del self._there[user]
        person = self._people.get(user)
        if person is None:
            person = self._people[user] = Person()
        return person


def _run_at(runs: tuple[Run, ...], at: int) -> Run | None:
    return next((run for run in runs if run.start <= at < run.end), None)
