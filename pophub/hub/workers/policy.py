"""The event's rules for its workers, written by the organizer's computer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from pophub.core.calendar import Window


@dataclass(frozen=True, slots=True)
class Policy:
    """The event's side of a decision.

    `slots` is the number of servers of the largest size that one worker holds, each of which reserves `slot_gib`.
    `count` workers hold all participants at once; there are never more than `most`. `prices` are USD an hour by type, in
    the workers' market; those of spot instances are guesses.
    """

    slots: int
    slot_gib: Decimal
    count: int
    most: int
    spot: bool
    # how long before a session its workers are ready
    warm: timedelta
    prices: Mapping[str, Decimal]
    # only for texts
    timezone: str
    sessions: tuple[Window, ...]

    @property
    def market(self) -> str:
        """How AWS sells the workers."""
        return "spot" if self.spot else "on-demand"

    def session_at(self, moment: datetime) -> Window | None:
        """The current session; a session does not include its last instant."""
        return next((it for it in self.sessions if it.start <= moment < it.end), None)

    def session_within(self, moment: datetime, ahead: timedelta) -> Window | None:
        """The session that starts after the moment, at most `ahead` later."""
        return next((it for it in self.sessions if moment < it.start <= moment + ahead), None)

    @classmethod
    def from_json(cls, settings: dict[str, Any]) -> Self:
        """Read watch-settings.json, whose key `workers` has this form; `prices` are on demand, spot costs that share:

            {"slots": 15, "slot_gib": "4.1", "count": 34, "most": 35, "spot": false, "warm_minutes": 15,
             "prices": {"r7i.2xlarge": "0.5292"}, "spot_share": "0.4"}

        Raises:
            KeyError, TypeError, ValueError, ArithmeticError: the data has another form.
        """
        workers = settings["workers"]
        share = Decimal(workers["spot_share"]) if workers["spot"] else Decimal(1)
        return cls(
            slots=int(workers["slots"]),
            slot_gib=Decimal(workers["slot_gib"]),
            count=int(workers["count"]),
            most=int(workers["most"]),
            spot=bool(workers["spot"]),
            warm=timedelta(minutes=workers["warm_minutes"]),
            prices={name: Decimal(usd) * share for name, usd in workers["prices"].items()},
            timezone=settings["policy"]["timezone"],
            sessions=tuple(Window(*map(datetime.fromisoformat, pair)) for pair in settings["policy"]["sessions"]),
        )
