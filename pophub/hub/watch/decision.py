"""The possible decisions, and what a decision contains. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pophub.hub.watch.facts import Facts


class Action(StrEnum):
    """What to do now. The machine goes on with every action except STOP and CLOSE."""

    KEEP = "keep"
    PRESTART = "prestart"  # start the servers of `details.start`
    WARN = "warn"  # warn participants that the machine stops at `details.stop_at`; if that is None, tell the organizer
    TIGHTEN = "tighten"  # keep the hub, with shorter idle times
    REFUSE = "refuse"  # like TIGHTEN, and without new servers
    STOP = "stop"
    CLOSE = "close"  # stop, and tell the organizer that the event is over


@dataclass(frozen=True, slots=True)
class Terms:
    """The limits that the culler and the spawn page apply."""

    hub_idle: timedelta
    server_idle: timedelta
    new_servers: bool


@dataclass(frozen=True, slots=True)
class Details:
    """Everything beside the action. `terms`, `stop_at`, `keepable` and `tell` are carried out with every action."""

    # the name of the rule that decided, and the facts that it used (`evidence` in reason_text.py writes them as sentences)
    rule: str = ""
    looked_at: Facts | None = None
    terms: Terms | None = None
    # the announced stop; None withdraws every announcement
    stop_at: datetime | None = None
    # until when a participant can keep the hub on against that stop; None: nobody can
    keepable: datetime | None = None
    # the users whose servers start now
    start: tuple[str, ...] = ()
    # the budget steps, in percent, that the organizer does not know of yet
    tell: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One action and a sentence with its reason, for log, banner and mail. The sentence names no participant."""

    action: Action
    reason: str
    details: Details = field(default_factory=Details)
