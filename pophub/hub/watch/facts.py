"""What is known about the hub at one moment. Data only.

None always means "not known", never "nothing": an empty tuple, zero or the boot time mean that. All times are
timezone-aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BusyKernel:
    """A kernel that computes; `cores` is the number of processors that it used lately, 0.5 for half of one."""

    since: datetime | None
    cores: float | None


@dataclass(frozen=True, slots=True)
class Server:
    """One participant's Jupyter. `last_activity` is what the server itself reports; an open connection is not activity.

    `pending` is true while it starts or stops; `size` was chosen on the spawn page, empty for the event's own size.
    """

    user: str
    started: datetime | None
    last_activity: datetime | None
    busy: tuple[BusyKernel, ...] | None = ()
    pending: bool = False
    size: str = ""
    # started ahead for a person of the roster who has never signed in
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """One warning to the participants: given at `given`, for a stop at `stop_at`."""

    stop_at: datetime
    given: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One look at the hub. Comments explain the fields whose names do not say enough."""

    now: datetime
    booted: datetime | None
    # the `now` of the previous decision, even if it could not be carried out; None also at the first look after a boot
    last_decision: datetime | None
    # whether the hub's API gave a complete answer, and if not, since when
    answering: bool | None
    silent_since: datetime | None
    servers: tuple[Server, ...] | None
    # the latest activity of all users, also those without a server; the boot time if nobody was ever active
    last_activity: datetime | None
    # since when each participant's server computes, by its processes; also known while the hub is silent
    computing: tuple[datetime, ...] | None
    # until when people asked to keep the hub
    keeps: tuple[datetime, ...] | None
    # when the organizer started the machine with `pophub start`, even if it was already on
    started_by_hand: tuple[datetime, ...] | None
    # the warnings of the announced stop; empty after a decision without a stop
    announced: tuple[Announcement, ...] | None
    # the metered spending at list prices, with disks
    spent_usd: Decimal | None
    # how much of the homes' disk is in use, from 0 to 1
    disk_used: float | None
    # the budget steps, in percent, that the organizer was told about
    told_steps: tuple[int, ...] | None
    # every user who has signed in, and those whose server was already started for the coming session
    roster: tuple[str, ...] | None
    prestarted: tuple[str, ...] | None
    # people of the event's roster whose server was never started
    expected: tuple[str, ...] | None
    # whether the hub is closed for its last archive, so that nobody can work here any more
    closed: bool | None
