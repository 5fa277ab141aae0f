"""The records of workers → when each worker ran. Pure.

A worker without a recorded stop ran until the end of the hub's last run that saw it. One that a later run sees again ran
in between: an instance that AWS has terminated never comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from pophub.core.cost.boots import Boot, as_note
from pophub.core.cost.worker import Worker

BY_UPTIME = itemgetter(0)


class Life(NamedTuple):
    """A worker from its birth to its end, in milliseconds since 1970. `known` is false if its end was not recorded."""

    id: str
    type: str
    market: str
    usd_an_hour: Decimal | None
    start: int
    end: int
    known: bool


def lives(runs: Iterable[tuple[Boot, int]]) -> tuple[Life, ...]:
    """One life for each worker, in order of their births. `runs` are the hub's boots, each with the end of its run."""
    found: dict[str, Life] = {}
    first: int | None = None
    for boot, end in runs:
        # what was before the hub's first start belongs to no report
        first = boot.start if first is None else first
        there: set[str] = set()
        for up, starts, worker in sorted(boot.workers, key=BY_UPTIME):
            at = boot.start + up
            if at > end:
                break
            life = found.get(worker.id) or _born(worker, max(first, at - worker.age_ms))
            if starts:
                there.add(worker.id)
            elif worker.id in there or not life.known:
                # a stop that was noted twice counts once
                life = life._replace(end=at, known=True)
                there.discard(worker.id)
            found[worker.id] = life
        found |= {id_: found[id_]._replace(end=end, known=False) for id_ in there}
    return tuple(sorted(found.values(), key=lambda it: (it.start, it.id)))


def ended_unseen(workers: Iterable[Life], now: int, still_open: int | None = None) -> Iterator[str]:
    """A note for each moment at which workers were seen last. Those of the moment `still_open` may still run."""
    ends: dict[int, int] = {}
    for life in workers:
        if not life.known and life.end < now and life.end != still_open:
            ends[life.end] = ends.get(life.end, 0) + 1
    for end, count in sorted(ends.items()):
        many = "1 worker: it is" if count == 1 else f"{count} workers: they are"
        yield f"nobody noted the end of {many} counted until {as_note(end)}, when the hub last ran"


def _born(worker: Worker, start: int) -> Life:
    return Life(worker.id, worker.type, worker.market, worker.usd_an_hour, start, start, known=False)
