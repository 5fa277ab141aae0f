"""What the page reads from this machine: memory of servers, space in homes, how servers ended, cost-watch's decision.

A value that cannot be read is left out, and the page shows it as not known.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.core import contract
from pophub.hub.archive.homes import home_of
from pophub.hub.helpers_page.people import Use
from pophub.hub.server_memory import memory_of_servers
from pophub.hub.this_machine import memory
from pophub.hub.watch.workers_file import read_workers
from pophub.hub.worker_reports import read_report, reported_memory

# how much of the end of the event log is read: some thousand events
LOG_BYTES = 2**20
# an older report of cost-watch is not shown as its current decision
FRESH = timedelta(minutes=15)
GIB = 2**30
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Machine:
    """The folders of this machine; tests pass others."""

    proc: Path = Path("/proc")
    cgroups: Path = Path("/sys/fs/cgroup")
    homes: Path = Path(contract.HOMES_FOLDER)
    hub: Path = Path(contract.HUB_FOLDER)
    run: Path = Path(contract.RUN_FOLDER)
    settings: Path = Path(contract.BUNDLE_FOLDER, "hub-config")
    reports: Path = Path(contract.WORKERS_FOLDER)
    statvfs: Callable[[Path], os.statvfs_result] = os.statvfs

    def event(self) -> JsonObject:
        """The event's settings; empty if they cannot be read."""
        return read(self.settings / contract.EVENT_FILE)

    def memory(self, now: datetime) -> dict[str, int]:
        """The bytes that each person's server uses, here and on workers, which report it."""
        found = memory_of_servers(self.proc, self.cgroups)
        for worker in (read_workers(self.run / contract.WORKERS_FILE, now) or {"workers": ()})["workers"]:
            found |= reported_memory(read_report(self.reports, worker["id"], now) or {})
        return found

    def room(self, users: Iterable[str], home_gib: float) -> dict[str, Use]:
        """How full each home is. XFS reports a home's own quota; without quotas a single home's size is not known.

        https://man7.org/linux/man-pages/man8/xfs_quota.8.html, "Project quota"
        """
        limit, found = int(home_gib * GIB), {}
        for user in users:
            with suppress(OSError):
                disk = self.statvfs(self.homes / home_of(user).folder)
                size = disk.f_blocks * disk.f_frsize
                if size <= limit:
                    found[user] = Use(size - disk.f_bfree * disk.f_frsize, size)
        return found

    def errors(self) -> dict[str, str]:
        """Why each person's server ended by itself, by the event log; people who had another server since are left out."""
        last: dict[str, str] = {}
        for line in _tail(self.hub / "events.jsonl").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                event = json.loads(line)
                user, action = str(event["username"]), event["action"]
                if action == "ended":
                    last[user] = str(event["reason"])
                elif action in ("start", "stop"):
                    last.pop(user, None)
        return last

    def decision(self, now: datetime) -> JsonObject:
        """Cost-watch's last report; empty if it is older than a quarter of an hour."""
        report = read(self.run / contract.WATCH_REPORT_FILE)
        with suppress(KeyError, ValueError, TypeError):
            if now - datetime.fromisoformat(report["at"]) < FRESH:
                return report
        return {}

    def workers(self, now: datetime) -> JsonObject:
        """How many workers there are, and what waits for one; empty if that is not known."""
        if (found := read_workers(self.run / contract.WORKERS_FILE, now)) is None:
            return {}
        ready = sum(it.get("state") == "ready" for it in found["workers"])
        return {"ready": ready, **{key: found.get(key) for key in ("wanted", "pending", "trouble")}}

    def message(self) -> JsonObject:
        """The helpers' message to everybody; empty if there is none."""
        return read(self.run / contract.MESSAGE_FILE)

    def sizes(self) -> Mapping[str, float]:
        """The memory of each size of server, in GiB."""
        meter = read(self.settings / contract.WATCH_SETTINGS_FILE).get("meter") or {}
        return {name: float(gib) for name, gib in meter.get("sizes", {}).items()}

    def policy(self) -> JsonObject:
        """Cost-watch's rules, as JSON data; empty if the machine has none."""
        return dict(read(self.settings / contract.WATCH_SETTINGS_FILE).get("policy") or {})

    def available(self) -> Use | None:
        """How much of the machine's memory is used."""
        with suppress(OSError, KeyError, ValueError, IndexError):
            total, available = memory(self.proc)
            return Use(total - available, total)
        return None


def _tail(file: Path) -> str:
    try:
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - LOG_BYTES))
            return log.read().decode(errors="replace")
    except OSError:
        return ""


def read(file: Path) -> JsonObject:
    """A file with one JSON object; empty if it is missing or damaged."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
