"""What the doctor examines: the event, the account and ways to collect facts. Each fact is collected once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pophub.aws.client import Aws
from pophub.organizer.event.account import Account
from pophub.organizer.event.event import Event
from pophub.organizer.outside.dns import Resolver
from pophub.organizer.outside.web import Web
from pophub.organizer.plan.plan import Plan

Fact = TypeVar("Fact")


class FactCache:
    """Facts that several questions need. The first question collects a fact; the others wait for it, and share its error too."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[bool, Any]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def once(self, name: str, ask: Callable[[], Fact]) -> Fact:
        """The fact of this name; an error of `ask` is raised again at each call."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._known:
                try:
                    self._known[name] = (True, ask())
                except Exception as error:
                    self._known[name] = (False, error)
        succeeded, result = self._known[name]
        if not succeeded:
            raise result
        fact: Fact = result
        return fact


@dataclass(frozen=True, slots=True)
class Case:
    """One examination; `planned` and `file` are None if only the account is examined."""

    planned: Plan | None
    file: Path | None
    account: Account
    region: str
    environ: Mapping[str, str]
    clock: Callable[[], datetime]
    aws: Aws
    dns: Resolver
    web: Web
    facts: FactCache = field(default_factory=FactCache)

    @property
    def plan(self) -> Plan:
        """The event's plan; only questions about an event may use it."""
        assert self.planned is not None
        return self.planned

    @property
    def event(self) -> Event:
        """The event of the file."""
        return self.plan.event
