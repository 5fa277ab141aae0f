"""When a worker ends itself: half an hour without its hub. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# a hub that is started again ends its old workers sooner; this is for one that is gone, or stopped from outside
ALONE_SECONDS = 30 * 60.0
# the group has not ended this worker by then: it was refused, or is out of reach
AFTER_REQUEST_SECONDS = 5 * 60.0


class End(StrEnum):
    """What a worker without a hub does now."""

    NOT = "not"
    ASK = "ask"  # ask the group to end it, which then wants one less
    POWER_OFF = "power off"  # terminates a worker: its shutdown behavior is "terminate"


@dataclass(slots=True)
class Alone:
    """Since when the swarm's manager has not answered, in seconds since the boot; and when the group was asked."""

    since: float | None = None
    asked: float | None = None

    def observe(self, up: float, *, manager: bool) -> End:
        """What to do, if the manager answers now or not."""
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
