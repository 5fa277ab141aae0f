"""Meters for the tests: runs and visits written down as a hub would note them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pophub.core.cost.records import Kind, Moment, Record, as_line, of_hub, of_server, of_worker
from pophub.core.cost.worker import ON_DEMAND, SPOT, Worker

# a Monday of the example event, 08:45 PST, when the schedule starts the machine
MONDAY = datetime(2027, 3, 1, 16, 45, tzinfo=UTC)
MACHINE = "r6i.8xlarge"
DISK_GIB = 604
WORKER = "r7i.2xlarge"


@dataclass(frozen=True)
class Boot:
    """A boot at a moment of the wall clock; what it is asked to note has hours since then."""

    name: str = "boot-1"
    at: datetime = MONDAY

    def moment(self, hours: float, *, off: timedelta = timedelta()) -> Moment:
        """Some hours after the boot; `off` is how wrong the clock is."""
        return Moment(self.at + timedelta(hours=hours) + off, self.name, round(hours * 3_600_000))

    def run(
        self, hours: float, *, machine: str = MACHINE, clean: bool = True, beats: int = 0, on_workers: bool = False
    ) -> list[Record]:
        """A run of some hours, with so many beats in between."""
        inside = [of_hub(Kind.BEAT, self.moment(hours * beat / (beats + 1))) for beat in range(1, beats + 1)]
        last = of_hub(Kind.STOP if clean else Kind.BEAT, self.moment(hours))
        start = of_hub(Kind.START, self.moment(0), machine=machine, disk_gib=DISK_GIB, on_workers=on_workers)
        return [start, *inside, last]

    def worker(
        self,
        id_: str,
        start: float,
        end: float | None,
        *,
        type_: str = WORKER,
        market: str = SPOT,
        usd: str | None = "0.2",
        age: float = 0,
    ) -> list[Record]:
        """A worker from an hour to another, `age` hours old when it was first seen; None: nobody notes its end."""

        def at(hours: float) -> Worker:
            price = None if usd is None else Decimal(usd)
            return Worker(id_, type_, market, price, round((hours - start + age) * 3_600_000))

        starts = of_worker(Kind.WORKER_START, self.moment(start), at(start))
        return [starts] if end is None else [starts, of_worker(Kind.WORKER_STOP, self.moment(end), at(end))]

    def visit(
        self, user: str, start: float, end: float | None, memory: str | None = "4", server: str = ""
    ) -> list[Record]:
        """A server from an hour to another; None: nobody notes its stop."""
        began = self.moment(start)
        gib = None if memory is None else Decimal(memory)
        starts = of_server(Kind.SERVER_START, began, user, server, started=began.at, memory_gib=gib)
        if end is None:
            return [starts]
        return [starts, of_server(Kind.SERVER_STOP, self.moment(end), user, server, started=began.at)]


def lines(*stories: Sequence[Record]) -> list[bytes]:
    """The records as they stand in the file."""
    return [as_line(record) for story in stories for record in story]


def week(people: int = 3) -> Iterator[Record]:
    """The five days of the example, 10 hours each, with some people for 8 hours."""
    for day in range(5):
        boot = Boot(f"boot-{day}", MONDAY + timedelta(days=day))
        yield from boot.run(10, beats=3)
        for person in range(people):
            yield from boot.visit(f"person-{person}", 0.25 + person / 10, 8.25 + person / 10)


def day_on_workers() -> Iterator[Record]:
    """A day whose hub runs no servers: three workers of two kinds, and two people."""
    boot = Boot()
    yield from boot.run(10, machine="m7i.large", on_workers=True)
    yield from boot.worker("i-1", 1, 9, usd="0.25")
    yield from boot.worker("i-2", 1, 5, usd="0.15")
    yield from boot.worker("i-3", 2, 8, type_="r7i.xlarge", market=ON_DEMAND, usd=None)
    yield from boot.visit("ada", 2, 6)
    yield from boot.visit("bob", 1.5, 8)
