"""What can be decided, and what a decision carries for whoever acts on it. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pophub.hub.watch.facts import Facts


class Action(StrEnum):
    """What to do now. A machine goes on running with every one of them but the last two."""

    KEEP = "keep"
    PRESTART = "prestart"  # start the servers of `details.start`
    WARN = "warn"  # tell participants that the machine stops at `details.stop_at`; without one, tell the organizer
    TIGHTEN = "tighten"  # keep, with shorter idle times
    REFUSE = "refuse"  # the same, and no new servers
    STOP = "stop"
    CLOSE = "close"  # stop, and tell the organizer that the event is over


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms the hub runs: what the culler and the spawn page go by."""

    hub_idle: timedelta
    server_idle: timedelta
    new_servers: bool


@dataclass(frozen=True, slots=True)
class Details:
    """Everything beside the action itself; the standing parts are to be made true whatever the action is."""

    # the name of the rule that decided, and what it had to go by (`evidence` in said.py puts it in words)
    rule: str = ""
    looked_at: Facts | None = None
    terms: Terms | None = None
    # the stop that stands announced; none: whatever was announced is withdrawn
    stop_at: datetime | None = None
    # until when a participant can ask for the hub against that stop; none: nobody can
    keepable: datetime | None = None
    # whose servers are to be started now
    start: tuple[str, ...] = ()
    # the budget steps, in percent, that the organizer has yet to be told of
    tell: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One action and the sentence that explains it, in the log, in the banner and in the mail; it names no participant."""

    action: Action
    reason: str
    details: Details = field(default_factory=Details)
