"""The result of a rehearsal: figures of each person and of the machine, and the limit that was hit first. Pure.

None means "not known", for example of servers that run on workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

# from this busy share of all processors on, while servers start, the processors are the limit
SATURATED = 0.9
# a disk with less than this share free counts as full
LEAST_DISK = 0.05
SERVER_LIMIT, BUDGET, MEMORY, PROCESSORS, DISK, CONTENT, TIME = (
    *("server_limit", "budget", "memory", "processors", "disk"),
    *("content", "time"),
)
NOT_THERE = "did not come"
# what a failure's text contains → the limit that it means; pophub's own words, and JupyterHub's
# https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/base.py, spawn_single_user
LIMITS = {
    "has no room for more": SERVER_LIMIT,
    "server limit exceeded": SERVER_LIMIT,
    "event's budget is spent": BUDGET,
    "memory was full": MEMORY,
    "No space left": DISK,
    "Disk quota exceeded": DISK,
    f"content {NOT_THERE}": CONTENT,
    "did not answer within": TIME,
    "timed out": TIME,
    "failed to start in": TIME,
}
LONGEST_CAUSE = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """One pretended person; the seconds of a step that it did not reach are None. `failure` is its first failure."""

    name: str
    sign_in: float | None = None
    # from the click on "start" to JupyterLab's page
    start: float | None = None
    cells: float | None = None
    # whether the event's content was in the home when JupyterLab came; None if the event has none
    content: bool | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine, in bytes and seconds. All starts together took `opening`, with `busy` seconds of processor time."""

    vcpus: int
    memory: int
    available_before: int
    available_least: int
    busy: float
    opening: float
    disk: int
    disk_free: int


@dataclass(frozen=True, slots=True)
class Servers:
    """What each server used, in bytes, and in seconds of processor time until JupyterLab's page. Empty if not known."""

    started_with: Sequence[int] = ()
    worked_with: Sequence[int] = ()
    cpu_seconds: Sequence[float] = ()
    homes: Sequence[int] = ()
    # homes without the event's content when the people left; None if the event has none
    without_content: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The whole result; `cut_short` is why it ended early, or empty."""

    event: str
    at: str
    instance_type: str
    visits: tuple[Visit, ...]
    machine: Machine
    servers: Servers
    # what the event file allows each server and home, and how many servers the hub accepts
    memory_limit: int
    home_limit: int
    server_limit: int
    notebook: str = ""
    cut_short: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def people(self) -> int:
        return len(self.visits)

    @property
    def starts(self) -> list[float]:
        """The seconds from the click to JupyterLab, sorted."""
        return sorted(it.start for it in self.visits if it.start is not None)

    @property
    def failures(self) -> Mapping[str, int]:
        """Each cause with its number of failures, the most frequent first."""
        return dict(Counter(cause(it) for it in self.visits if it.failure).most_common())

    @property
    def saturation(self) -> float:
        """The busy share of all processors while servers started."""
        return self.machine.busy / (self.machine.vcpus * self.machine.opening) if self.machine.opening else 0.0

    @property
    def cpu_seconds_a_start(self) -> float | None:
        """The whole machine's processor seconds for one start, with hub, proxy and Docker; None if nothing started."""
        return self.machine.busy / len(self.starts) if self.starts and self.machine.busy > 0 else None

    @property
    def server_memory(self) -> int | None:
        """The bytes that 95 of 100 servers stayed below while they were used; None if not known."""
        taken: int | None = percentile(self.servers.worked_with or self.servers.started_with, 0.95)
        return taken


def percentile(values: Sequence[Any], part: float) -> Any:
    """The percentile by nearest rank, which is one of the values; None if there are none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-part * len(ordered) // 1) - 1)] if ordered else None


def cause(visit: Visit) -> str:
    """A failure's text without the person's name, so that equal failures count together."""
    return " ".join(visit.failure.replace(visit.name, "NAME").split())[:LONGEST_CAUSE]


def first_limit(result: Result) -> str:
    """The limit that was hit first, or else one that is nearly reached; empty if there is none."""
    for text in result.failures:
        for words, limit in LIMITS.items():
            if words in text:
                return limit
    if result.failures:
        return next(iter(result.failures))
    machine = result.machine
    if machine.available_least < min(result.memory_limit, machine.memory // 10):
        return MEMORY
    if machine.disk and machine.disk_free < machine.disk * LEAST_DISK:
        return DISK
    if result.saturation >= SATURATED:
        return PROCESSORS
    return CONTENT if result.servers.without_content else ""


def holds_in_memory(result: Result) -> int | None:
    """How many such servers fit into the memory that was available before; None if a server's memory is not known."""
    each = result.server_memory
    return None if not each else result.machine.available_before // each


def holds_in_time(result: Result, seconds: float) -> int | None:
    """How many servers can start at once so that all are ready within these seconds; None if nothing started."""
    each = result.cpu_seconds_a_start
    return None if not each else int(seconds * result.machine.vcpus / each)


def summary(result: Result) -> dict[str, Any]:
    """The figures without those of single people, for the program that requested the rehearsal."""
    seconds, servers = result.starts, result.servers
    signed_in = [it.sign_in for it in result.visits if it.sign_in is not None]
    return {
        **{key: it for key, it in as_json(result).items() if key not in ("visits", "servers")},
        "without_content": servers.without_content,
        "people": result.people,
        "signed_in": len(signed_in),
        "sign_in_p95": percentile(signed_in, 0.95),
        "started": len(seconds),
        "start_p50": median(seconds) if seconds else None,
        "start_p95": percentile(seconds, 0.95),
        "start_last": seconds[-1] if seconds else None,
        "failures": dict(result.failures),
        "cells": sum(it.cells is not None for it in result.visits),
        "cells_p95": percentile([it.cells for it in result.visits if it.cells is not None], 0.95),
        "content_in_time": None
        if all(it.content is None for it in result.visits)
        else sum(bool(it.content) for it in result.visits),
        "cpu_seconds_a_start": result.cpu_seconds_a_start,
        "cpu_seconds_of_a_server": median(servers.cpu_seconds) if servers.cpu_seconds else None,
        "saturation": result.saturation,
        "server_memory_started": percentile(servers.started_with, 0.5),
        "server_memory": result.server_memory,
        "home_median": percentile(servers.homes, 0.5),
        "home_largest": max(servers.homes, default=None),
        "holds_in_memory": holds_in_memory(result),
        "holds_in_a_minute": holds_in_time(result, 60),
        "first_limit": first_limit(result),
    }


def as_json(result: Result) -> dict[str, Any]:
    """The whole result as JSON data."""
    return asdict(result)


def from_json(data: Mapping[str, Any]) -> Result:
    """Read what `as_json` wrote.

    Raises:
        KeyError, TypeError: the data has another form.
    """
    parts = {
        "visits": tuple(Visit(**it) for it in data["visits"]),
        "machine": Machine(**data["machine"]),
        "servers": Servers(**data["servers"]),
        "notes": tuple(data["notes"]),
    }
    return Result(**{**data, **parts})
