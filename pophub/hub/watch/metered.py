"""What the hub has cost so far: recorded once a minute in the meter file, and summed up from it as in the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Self

from pophub.core.contract import AHEAD, STANDARD_SIZE
from pophub.core.cost import basis
from pophub.core.cost import spent as cost
from pophub.core.cost.basis import Basis
from pophub.core.cost.meter import MeteredServer, append, changes, lines_of
from pophub.core.cost.money import MICROS, rounded
from pophub.core.cost.records import BudgetStep, Kind, Moment, Record, as_line, of_hub, of_step
from pophub.hub.watch.facts import Server
from pophub.hub.watch.metered_workers import remember_workers, workers_seen
from pophub.hub.watch.state import Paths, State


@dataclass(frozen=True, slots=True)
class Meter:
    """The machine's data for the meter, the memory in GiB of each server size, and the basis of the report.

    `on_workers`: workers run the servers, and the hub's machine none.
    """

    machine: str
    disk_gib: int
    sizes: Mapping[str, Decimal]
    basis: Basis
    on_workers: bool = False

    def as_json(self) -> dict[str, Any]:
        data = {
            "machine": self.machine,
            "disk_gib": self.disk_gib,
            "sizes": {name: str(gib) for name, gib in self.sizes.items()},
            "basis": basis.as_json(self.basis),
        }
        return data | ({"on_workers": True} if self.on_workers else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `as_json` wrote.

        Raises:
            KeyError, TypeError, ValueError, ArithmeticError: the data has another form.
        """
        sizes = {name: Decimal(gib) for name, gib in data["sizes"].items()}
        on_workers = data.get("on_workers") is True
        return cls(data["machine"], data["disk_gib"], sizes, basis.from_json(data["basis"]), on_workers)


def note(paths: Paths, state: State, meter: Meter, moment: Moment, servers: tuple[Server, ...] | None) -> None:
    """Write the records of one look. A full disk is ignored.

    The first records say that the machine started or that its disk was enlarged.
    """
    with suppress(OSError):
        first = _machine(state, meter, moment)
        now = _metered(servers, meter) if servers is not None else None
        between = () if now is None else changes(_remembered(state), now, moment)
        workers, changed = workers_seen(paths, state, moment)
        append(paths.meter, (*first, of_hub(Kind.BEAT, moment), *between, *changed))
        state.disk_gib = meter.disk_gib
        remember_workers(state, workers, moment)
        if now is not None:
            state.metered_servers = {
                user: (server.started.isoformat(), _text(server.memory_gib), name)
                for (user, name), server in now.items()
            }


def note_stop(paths: Paths, moment: Moment, state: State | None = None) -> None:
    """Record that the machine is about to stop, and with `state` which workers are gone; a full disk is ignored."""
    with suppress(OSError):
        gone = () if state is None else workers_seen(paths, state, moment)[1]
        append(paths.meter, (*gone, of_hub(Kind.STOP, moment)))


def note_steps(paths: Paths, moment: Moment, steps: Iterable[BudgetStep]) -> None:
    """Record steps of the budget.

    Raises:
        OSError: the disk is full or gone.
    """
    append(paths.meter, [of_step(moment, step) for step in steps])


def spent(paths: Paths, state: State, meter: Meter | None, moment: Moment) -> Decimal | None:
    """USD since the first start, as in the report; None if the meter cannot be read or the machine has no price.

    The machines count as running now, even if a full disk kept that from being recorded.
    """
    if meter is None:
        return None
    workers = workers_seen(paths, state, moment)[1]
    known_here = map(as_line, (*_machine(state, meter, moment), of_hub(Kind.BEAT, moment), *workers))
    try:
        lines = chain(lines_of(paths.meter), known_here)
        exact = cost.spent(lines, meter.basis, now=moment.at, machine=meter.machine)
    except (OSError, ValueError):
        return None
    return None if exact is None else rounded(exact, MICROS)


def _machine(state: State, meter: Meter, moment: Moment) -> tuple[Record, ...]:
    if state.disk_gib is None:
        return (
            of_hub(Kind.START, moment, machine=meter.machine, disk_gib=meter.disk_gib, on_workers=meter.on_workers),
        )
    if state.disk_gib != meter.disk_gib:
        return (of_hub(Kind.RESIZE, moment, disk_gib=meter.disk_gib),)
    return ()


def _metered(servers: tuple[Server, ...], meter: Meter) -> dict[tuple[str, str], MeteredServer]:
    """A server whose size is no longer offered has an unknown memory limit.

    One that was started ahead is its owner's from the first look after their first sign-in on.
    """
    return {
        (it.user, AHEAD if it.ahead else ""): MeteredServer(it.started, meter.sizes.get(it.size or STANDARD_SIZE))
        for it in servers
        if it.started is not None
    }


def _remembered(state: State) -> dict[tuple[str, str], MeteredServer]:
    return {
        (user, name): MeteredServer(datetime.fromisoformat(started), None if gib is None else Decimal(gib))
        for user, (started, gib, name) in state.metered_servers.items()
    }


def _text(gib: Decimal | None) -> str | None:
    return None if gib is None else str(gib)
