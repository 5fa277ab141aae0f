"""Count events in a journal, line by line, in the form of `journalctl --output json`. Pure, with little memory.

Patterns match only at the beginning of a line, because people can put text into the hub's lines (for example the
address of a request), but never at the beginning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pophub.core.contract import PRETENDED

HUB, WATCH = "pophub-hub.service", "pophub-watch.service"
# the units of the machine that an event needs
UNITS = (
    *(HUB, WATCH, "pophub-proxy.service", "pophub-install.service", "pophub-refresh.service", "pophub-stop.service"),
    *("pophub-firewall.service", "caddy.service", "docker.service"),
)
SYSTEMD = "1"
# https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/base.py and user.py; the culler's __init__.py
PREFIX = r"\[[A-Z] [^\]]*\] "
TOOK = re.compile(PREFIX + r"User \S.* took (\d{1,6}(?:\.\d+)?) seconds to start$")
FAILED_START = re.compile(
    PREFIX + r"(?:\S+'s server failed to start in |(?:Unhandled error|Error) starting \S+'s server)"
)
CULLED = re.compile(PREFIX + r"Culling server \S+ \((?:age|inactive)")
# https://github.com/systemd/systemd/blob/v257/src/core/unit.c and service.c
FAILED_UNIT = re.compile(r"\S+: Failed with result '([\w-]{1,40})'")
RESTARTED_UNIT = re.compile(r"\S+: Scheduled restart job")
# https://github.com/torvalds/linux/blob/v6.12/mm/oom_kill.c
KILLED = {
    "Memory cgroup out of memory: Killed process": "a process was killed at the memory limit of its server or unit",
    "Out of memory: Killed process": "a process was killed because the machine had no memory left",
}
OFF = ("stop", "close")
# cost-watch looks every minute: a longer pause means that the machine was off, or that another stop is a new one
PAUSE = timedelta(minutes=5)
MOST_STOPS, LONGEST_REASON = 200, 300


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the machine by cost-watch, with its reason."""

    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that should not happen, how often it did, and when for the first and the last time."""

    what: str
    count: int
    first: str
    last: str


class Journal:
    """The counts from the lines so far."""

    def __init__(self) -> None:
        self.since: str | None = None
        self.hub_spoke = self.watch_spoke = False
        self.culls = self.failed_starts = 0
        self.stops: list[Stop] = []
        self._seen: dict[str, Incident] = {}
        self._stopped: datetime | None = None
        # the current silence of the hub: its first and its last look, and whether it has been counted
        self._silent: tuple[datetime, datetime, bool] | None = None

    def take(self, line: bytes) -> float | None:
        """Read one line; if it says how many seconds a server took to start, return them."""
        try:
            entry = json.loads(line)
            at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
            text = _text(entry["MESSAGE"])
        except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
            return None
        self.since = self.since or _moment(at)
        unit = entry.get("_SYSTEMD_UNIT")
        if unit == HUB:
            return self._hub(text)
        if unit == WATCH:
            self._watch(at, text)
        elif entry.get("_TRANSPORT") == "kernel":
            for beginning, what in KILLED.items():
                if text.startswith(beginning):
                    self._note(what, at)
        elif entry.get("_PID") == SYSTEMD and entry.get("UNIT") in UNITS:
            self._unit(entry["UNIT"], at, text)
        return None

    def incidents(self) -> Iterator[Incident]:
        """Each kind once, sorted by its first time."""
        yield from sorted(self._seen.values(), key=lambda it: it.first)

    def _hub(self, text: str) -> float | None:
        self.hub_spoke = True
        if PRETENDED in text:
            # of a rehearsal, which has its own report
            return None
        self.culls += CULLED.match(text) is not None
        self.failed_starts += FAILED_START.match(text) is not None
        took = TOOK.match(text)
        return float(took[1]) if took else None

    def _watch(self, at: datetime, text: str) -> None:
        try:
            report = json.loads(text)
            action, reason, servers = report["action"], str(report["reason"])[:LONGEST_REASON], report["servers"]
            steps = [int(step) for step in report["tell"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        self.watch_spoke = True
        for step in steps:
            self._note(f"{step} % of the budget were reached", at)
        self._silence(at, silent=servers is None)
        if action in OFF:
            if (self._stopped is None or at - self._stopped > PAUSE) and len(self.stops) < MOST_STOPS:
                self.stops.append(Stop(_moment(at), reason))
            self._stopped = at

    def _silence(self, at: datetime, *, silent: bool) -> None:
        """Count a silence of five minutes or more; a hub that is still starting does not reach that."""
        if not silent:
            self._silent = None
            return
        since, last, is_told = self._silent or (at, at, False)
        if at - last > PAUSE:
            since, is_told = at, False
        if at - since >= PAUSE and not is_told:
            self._note("the hub gave the watch no answer for five minutes or longer", since)
            is_told = True
        self._silent = since, at, is_told

    def _unit(self, unit: str, at: datetime, text: str) -> None:
        if failed := FAILED_UNIT.match(text):
            self._note(f"{unit} failed: {failed[1]}", at)
        elif RESTARTED_UNIT.match(text):
            self._note(f"{unit} was started again", at)

    def _note(self, what: str, at: datetime) -> None:
        before = self._seen.get(what)
        first, count = (before.first, before.count) if before else (_moment(at), 0)
        self._seen[what] = Incident(what, count + 1, first, _moment(at))


def _text(message: Any) -> str:
    """Journald writes text that is not UTF-8 as a list of bytes."""
    return bytes(message).decode(errors="replace") if isinstance(message, list) else str(message)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
