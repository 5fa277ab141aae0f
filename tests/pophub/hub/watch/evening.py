"""A hub in the evening whose watch looks from what lies in its files, for the tests of what goes wrong. No sleep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.core.cost.records import Moment
from pophub.hub.watch.act import Effects, act
from pophub.hub.watch.collect import collect
from pophub.hub.watch.decide import decide
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, recall

MINUTE = timedelta(minutes=1)
# after the example's first session, which ends at 01:30 UTC; the schedule's stop comes at 09:30
EVENING = datetime(2027, 3, 2, 2, tzinfo=UTC)
# half of the idle time is over at the first look
LEFT = -15
# what JupyterHub is told of activity is up to five minutes old
TOLD_EVERY = 5
# minutes that no evening has
FAR = 10_000


class Killed(BaseException):
    """SIGKILL, as far as a process can have it and go on."""


class Evening:
    """A hub in the evening, with ada on it; its watch looks once a minute, each time from what lies in its files."""

    def __init__(self, folder: Path, policy: Policy, meter: Meter | None) -> None:
        self.paths, self.policy, self.meter = Paths(folder / "run", folder / "home", folder / "proc"), policy, meter
        for place in (self.paths.run, self.paths.home, self.paths.proc):
            place.mkdir(parents=True)
        self._banner = self.paths.banner
        self.minute, self.shift, self.works_until = 0, timedelta(), 0
        self._worked, self._active = -FAR, EVENING
        self.off_at: int | None = None
        # the minutes in which people could read a banner
        self.shown: list[int] = []

    @property
    def now(self) -> datetime:
        """As the machine's clock has it."""
        return EVENING + self.minute * MINUTE + self.shift

    @property
    def moment(self) -> Moment:
        """As the watch has it: two hours after the boot at the first look."""
        return Moment(self.now, "boot", 7_200_000 + self.minute * 60_000)

    def look(self, answer: Callable[[], list[dict[str, Any]]] | None = None) -> None:
        """One minute."""
        moment = self.moment
        # the kernel works it out from the clock of now
        booted = int((self.now - MINUTE * (120 + self.minute)).timestamp())
        (self.paths.proc / "stat").write_text(f"btime {booted}\n")
        try:
            state = recall(self.paths)
            facts = collect(
                self.paths,
                state,
                self.policy,
                meter=self.meter,
                ask_users=answer or self.users,
                moment=moment,
                # ada's server computes nothing
                computed=lambda _: {"ada": {"31@7": 0.0}},
            )
            effects = Effects(lambda _: None, lambda _: (), lambda _: None, self._power_off)
            act(decide(facts, self.policy), self.policy, paths=self.paths, state=state, effects=effects, moment=moment)
        except Killed:
            pass
        if self._banner.exists():
            self.shown.append(self.minute)
        self.minute += 1

    def users(self) -> list[dict[str, Any]]:
        """Ada, whose activity is told now and then, by the clock of then."""
        last = min(self.minute // TOLD_EVERY * TOLD_EVERY, self.works_until)
        if last != self._worked:
            self._worked, self._active = last, EVENING + last * MINUTE + self.shift
        at = self._active.isoformat()
        server = {"started": at, "last_activity": at, "pending": None}
        return [{"name": "ada", "last_activity": at, "servers": {"": server}}]

    def until_off(self, latest: int) -> None:
        """Look until it is off, or a minute too late."""
        while self.off_at is None and self.minute <= latest:
            self.look()

    def _power_off(self) -> None:
        self.off_at = self.minute
