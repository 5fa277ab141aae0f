"""A case file as a story: a hub, and what is decided at each look. Warnings are remembered as whoever acts would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pophub.hub.watch.decide import decide
from pophub.hub.watch.decision import Action, Decision
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.organizer.event import lined_yaml

MINUTE = timedelta(minutes=1)
DAY = "2027-03-01"
QUIET: dict[str, Any] = {
    "booted": "08:47",
    "answering": True,
    "silent_since": None,
    "servers": [],
    "last_activity": "08:47",
    "computing": [],
    "keeps": [],
    "started_by_hand": [],
    "announced": [],
    "disk_used": 0.5,
    "spent_usd": 100,
    "told_steps": [],
    "roster": [],
    "prestarted": [],
    "expected": [],
    "closed": False,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a story: what was decided, beside what should be."""

    at: str
    expected: dict[str, Any]
    decision: Decision

    @property
    def found(self) -> dict[str, Any]:
        """The decision, as far as the story says something about it."""
        details = self.decision.details
        every = {
            "action": str(self.decision.action),
            "reason": self.decision.reason,
            "start": list(details.start),
            "tell": list(details.tell),
            "new_servers": details.terms and details.terms.new_servers,
            "hub_idle": details.terms and details.terms.hub_idle // MINUTE,
            "server_idle": details.terms and details.terms.server_idle // MINUTE,
            "stop_at": details.stop_at and details.stop_at.isoformat(),
        }
        return {key: every[key] for key in self.expected}


class Story:
    """A case file. Times are local, `HH:MM` on the story's day or with a date; with a Z at the end they are UTC."""

    def __init__(self, file: Path) -> None:
        told = lined_yaml.read(file.read_bytes()).data
        self.event: dict[str, Any] = told.get("event", {})
        self._day = told.get("day", DAY)
        self._facts = QUIET | told.get("facts", {})
        self._looks: list[dict[str, Any]] = told["looks"]

    def looks(self, policy: Policy) -> Iterator[Look]:
        """Decide at each look; facts last until a later look tells otherwise."""
        told = dict(self._facts)
        announced: tuple[Announcement, ...] | None = ()
        for look in self._looks:
            told |= {key: value for key, value in look.items() if key in {field.name for field in fields(Facts)}}
            facts = self._read(told, look["at"], policy)
            if "announced" not in look:
                facts = replace(facts, announced=announced)
            decision = decide(facts, policy)
            announced = _remembered(facts, decision)
            expected = dict(look["decides"])
            if expected.get("stop_at"):
                expected["stop_at"] = self._moment(expected["stop_at"], policy.zone).isoformat()
            yield Look(look["at"], expected, decision)

    def _read(self, told: dict[str, Any], at: str, policy: Policy) -> Facts:
        zone = policy.zone
        now = self._moment(at, zone)
        read: dict[str, Any] = {
            "now": now,
            "last_decision": now - MINUTE,
            **told,
            "servers": told["servers"] if told["servers"] is None else tuple(self._server(it, zone) for it in told["servers"]),
            "spent_usd": told["spent_usd"] and Decimal(told["spent_usd"]),
        }  # fmt: skip
        for key in ("booted", "last_decision", "silent_since", "last_activity"):
            if isinstance(read[key], str):
                read[key] = self._moment(read[key], zone)
        for key in ("told_steps", "roster", "prestarted", "expected"):
            read[key] = read[key] if read[key] is None else tuple(read[key])
        for key in ("keeps", "started_by_hand", "computing"):
            read[key] = read[key] if read[key] is None else tuple(self._moment(it, zone) for it in read[key])
        read["announced"] = None if read["announced"] is None else ()
        return Facts(**read)

    def _server(self, told: dict[str, Any], zone: ZoneInfo) -> Server:
        def moment(key: str) -> datetime | None:
            return None if told.get(key) is None else self._moment(told[key], zone)

        def kernel(told: dict[str, Any]) -> BusyKernel:
            since = None if told["since"] is None else self._moment(told["since"], zone)
            return BusyKernel(since, told.get("cores"))

        busy = told.get("busy", [])
        return Server(
            user=told["user"],
            started=moment("started"),
            last_activity=moment("last_activity"),
            busy=None if busy is None else tuple(kernel(it) for it in busy),
            pending=told.get("pending", False),
        )

    def _moment(self, text: str, zone: ZoneInfo) -> datetime:
        if text.endswith("Z"):
            return datetime.fromisoformat(text).astimezone(UTC)
        return (
            datetime.fromisoformat(text if "-" in text else f"{self._day} {text}").replace(tzinfo=zone).astimezone(UTC)
        )


def _remembered(facts: Facts, decision: Decision) -> tuple[Announcement, ...] | None:
    """What whoever acts remembers: a warning that was given, until no stop stands announced any more."""
    stop_at = decision.details.stop_at
    if stop_at is None:
        return ()
    if decision.action is Action.WARN:
        return (*(facts.announced or ()), Announcement(stop_at, facts.now))
    return facts.announced
