"""When a worker ends itself: half an hour without its hub. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# for a hub that was destroyed or stopped from outside: one that starts again ends its old workers sooner
ALONE_SECONDS = 30 * 60.0
# by then the group has not ended this worker, because it refused the request or could not be reached
AFTER_REQUEST_SECONDS = 5 * 60.0


class End(StrEnum):
    """What a worker without a hub has to do now."""

    NOT = "not"
    ASK = "ask"  # ask the group to end it and to reduce its desired size by one
    POWER_OFF = "power off"  # this terminates a worker: its shutdown behavior is "terminate"


@dataclass(slots=True)
class Alone:
    """Since when the swarm's manager has not answered, and when the group was asked; both in seconds since the boot."""

    since: float | None = None
    asked: float | None = None

    def observe(self, up: float, *, manager: bool) -> End:
        """What to do now, given whether the manager answers."""
        if manager:
            self.since = self.asked = None
            return End.NOT
        self.since = up if self.since is None else self.since
        if up - self.since < ALONE_SECONDS:
            return End.NOT
        if self.asked is None:
            self.asked = up
            return End.ASK
        return End.POWER_OFF if up - self.asked >= AFTER_REQUEST_SECONDS else End.NOT
