"""What is known about the hub at one moment. Data only: whoever collects it and whoever decides stand elsewhere.

None always means "not known", never "none": nobody, nothing and never have values of their own (an empty tuple, zero,
the boot). All moments are aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BusyKernel:
    """A kernel that Jupyter calls busy; `cores` is what it used of the processors lately, 0.5 for half a core."""

    since: datetime | None
    cores: float | None


@dataclass(frozen=True, slots=True)
class Server:
    """One participant's Jupyter. `last_activity` is what it reports itself: an open connection is no activity.

    `pending` is true while it starts or stops; `size` is what was chosen on the spawn page, empty for the event's own.
    """

    user: str
    started: datetime | None
    last_activity: datetime | None
    busy: tuple[BusyKernel, ...] | None = ()
    pending: bool = False
    size: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One warning that people were given: at `given`, that the machine stops at `stop_at`."""

    stop_at: datetime
    given: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One look at the hub. What a field leaves open is said beside it."""

    now: datetime
    booted: datetime | None
    # the `now` of the decision before this one, however it went; not known is also: the first since the boot
    last_decision: datetime | None
    # whether the hub's API gave a complete answer, and if not, since when not
    answering: bool | None
    silent_since: datetime | None
    servers: tuple[Server, ...] | None
    # the latest activity of any user, also of those whose server is gone; where nobody ever was active, the boot
    last_activity: datetime | None
    # since when participants' servers compute, as their processes say, also while the hub is silent
    computing: tuple[datetime, ...] | None
    # until when people asked for the hub to be kept
    keeps: tuple[datetime, ...] | None
    # when the organizer started the machine by `cost_watch.py start`, also one that was on already
    started_by_hand: tuple[datetime, ...] | None
    # the warnings of the stop that stands announced; empty again once a decision names no stop
    announced: tuple[Announcement, ...] | None
    # metered, list prices, disks and all
    spent_usd: Decimal | None
    # the budget steps, in percent, that the organizer was told of
    told: tuple[int, ...] | None
    # everybody who may come, and for whom of them a server was started before the coming session
    roster: tuple[str, ...] | None
    prestarted: tuple[str, ...] | None
    # whether the hub is closed for its last archive, so that nobody can work here any more
    closed: bool | None
