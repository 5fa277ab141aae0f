"""What cost-watch remembers between looks: in /run until the next boot, or on the home volume.

Each file is replaced in one step, so that it is complete even if cost-watch is killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self, TypeVar

from pophub.core import contract
from pophub.hub.watch.facts import Announcement

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of cost-watch. `run` is in memory and root's; `home` is on the home volume, which outlives the machine."""

    run: Path
    home: Path
    proc: Path = Path("/proc")
    # the workers' reports; None: the event has no workers, and servers run here
    workers: Path | None = None

    @property
    def state(self) -> Path:
        """The state that one look leaves for the next."""
        return self.run / contract.WATCH_STATE_FILE

    @property
    def terms(self) -> Path:
        """The terms that the culler and the spawn page apply."""
        return self.run / contract.TERMS_FILE

    @property
    def report(self) -> Path:
        """The last look's report, for the organizer's computer."""
        return self.run / contract.WATCH_REPORT_FILE

    @property
    def closed(self) -> Path:
        """Exists from when cloud-init/archive.sh closes the hub until the next boot."""
        return self.run / contract.CLOSED_FILE

    @property
    def banner(self) -> Path:
        """The warning for participants; exists only while a stop is announced."""
        return self.run / contract.BANNER_FILE

    @property
    def known_workers(self) -> Path:
        """What the hub knows of its workers; pophub/hub/workers writes it."""
        return self.run / contract.WORKERS_FILE

    @property
    def keeps(self) -> Path:
        """Until when the organizer asked to keep the hub."""
        return self.home / "keeps.json"

    @property
    def started(self) -> Path:
        """When the organizer started the machine by hand; pophub.hub.install fetches it from the account bucket."""
        return self.run / contract.STARTED_FILE

    @property
    def asked(self) -> Path:
        """Until when participants asked to keep the hub; the hub writes it (hub-config/sections/notice.py)."""
        return self.home / contract.ASKED_FILE

    @property
    def rehearsal(self) -> Path:
        """Until when a rehearsal needs the hub; pophub/hub/rehearsal writes it."""
        return self.home / contract.REHEARSAL_FILE

    @property
    def told_steps(self) -> Path:
        """The budget steps that the organizer was told about, and their budget."""
        return self.home / "told_steps.json"

    @property
    def stopped(self) -> Path:
        """The last stop: what, why, when, and the cost so far."""
        return self.home / "stopped.json"

    @property
    def meter(self) -> Path:
        return self.home / contract.METER_FILE


@dataclass(slots=True)
class State:
    """What only earlier looks of this boot know."""

    last_decision: datetime | None = None
    # milliseconds since the boot at the last look; they show whether the clock was set since then
    up_ms: int | None = None
    silent_since: datetime | None = None
    announced: tuple[Announcement, ...] = ()
    prestarted: tuple[str, ...] = ()
    # since when each participant's computation runs; and the processor seconds of each source, measured at uptime
    # `measured`
    computing: dict[str, datetime] = field(default_factory=dict)
    taken: dict[str, dict[str, float]] = field(default_factory=dict)
    measured: float | None = None
    # users whose server computed nothing at the last look that could measure it
    quiet: tuple[str, ...] = ()
    # the servers that the meter has recorded, by participant: start, GiB or None, and the server's name
    metered_servers: dict[str, tuple[str, str | None, str]] = field(default_factory=dict)
    # the workers that the meter has recorded, by id: [type, market, USD an hour or None, milliseconds from boot to birth],
    # and the uptime of the last look that knew which there are
    workers: dict[str, list[Any]] = field(default_factory=dict)
    workers_known: int | None = None
    # the disk's size as recorded in the meter; None: nothing is recorded in this boot
    disk_gib: int | None = None
    # whether the meter has recorded that somebody started this boot from the off page
    woken: bool = False
    # when the account bucket last got a report
    reported: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "last_decision": _text(self.last_decision),
            "up_ms": self.up_ms,
            "silent_since": _text(self.silent_since),
            "announced": [[it.stop_at.isoformat(), it.given.isoformat()] for it in self.announced],
            "prestarted": list(self.prestarted),
            "computing": {user: since.isoformat() for user, since in self.computing.items()},
            "taken": self.taken,
            "measured": self.measured,
            "quiet": list(self.quiet),
            "metered_servers": self.metered_servers,
            "workers": self.workers,
            "workers_known": self.workers_known,
            "disk_gib": self.disk_gib,
            "woken": self.woken,
            "reported": _text(self.reported),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read what `as_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: the data has another form.
        """
        return cls(
            last_decision=_moment(data["last_decision"]),
            up_ms=data["up_ms"],
            silent_since=_moment(data["silent_since"]),
            announced=tuple(Announcement(*map(datetime.fromisoformat, pair)) for pair in data["announced"]),
            prestarted=tuple(data["prestarted"]),
            computing={user: datetime.fromisoformat(since) for user, since in data["computing"].items()},
            taken={user: dict(parts) for user, parts in data["taken"].items()},
            measured=data["measured"],
            quiet=tuple(data["quiet"]),
            metered_servers={user: (start, gib, name) for user, (start, gib, name) in data["metered_servers"].items()},
            # a bundle from before there were workers has not written these
            workers=dict(data.get("workers", {})),
            workers_known=data.get("workers_known"),
            disk_gib=data["disk_gib"],
            woken=data.get("woken", False),
            reported=_moment(data["reported"]),
        )


def reached_as_json(steps: Iterable[int], budget_usd: Decimal) -> dict[str, Any]:
    """The budget steps that the organizer was told about, as JSON data."""
    return {"budget_usd": f"{budget_usd.normalize():f}", "steps": sorted(steps)}


def reached_from_json(data: Any, budget_usd: Decimal) -> tuple[int, ...]:
    """Read what `reached_as_json` wrote; empty if that was for another budget.

    Raises:
        KeyError, TypeError, ValueError: the data has another form.
    """
    steps = tuple(int(it) for it in data["steps"])
    return steps if data["budget_usd"] == f"{budget_usd.normalize():f}" else ()


def recall(paths: Paths) -> State:
    """The remembered state. After a boot or if the file is damaged it is empty, and then nothing is stopped at once."""
    return read(paths.state, State.from_json, nothing=State(), damaged=State()) or State()


def read(path: Path, parse: Callable[[Any], Found], *, nothing: Found, damaged: Found | None = None) -> Found | None:
    """The parsed content of a file: `nothing` if it is missing, `damaged` if it cannot be read."""
    try:
        return parse(json.loads(path.read_text()))
    except FileNotFoundError:
        return nothing
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return damaged


def write(path: Path, content: object, *, mode: int = 0o600) -> None:
    """Replace a file in one step; it is on the disk when this returns.

    Raises:
        OSError: the disk is full or gone; the old content is still there.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, mode)
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    _sync(path.parent)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
