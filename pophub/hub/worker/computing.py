"""How many processors each participant's server has used in the last minute. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from pophub.hub.watch.processes import used_since

# the seconds of processor time of each participant's server, by source (pophub/hub/watch/processes.py)
Taken = dict[str, dict[str, float]]
# the time between two looks of cost-watch, so that it misses no computation
SPAN_SECONDS = 60.0
# a shorter span gives no useful measurement
SHORTEST_SPAN_SECONDS = 5.0


@dataclass(slots=True)
class Computing:
    """The measurements of the last minute, the oldest first, each with its time in seconds since the boot."""

    looks: deque[tuple[float, Taken]] = field(default_factory=deque)

    def observe(self, up: float, taken: Taken) -> dict[str, float | None]:
        """The processors that each server has used in the last minute, or since its first measurement; None if it is new."""
        while len(self.looks) > 1 and up - self.looks[1][0] >= SPAN_SECONDS:
            self.looks.popleft()
        self.looks.append((up, taken))
        return {user: self._cores(user, up, parts) for user, parts in taken.items()}

    def _cores(self, user: str, up: float, parts: dict[str, float]) -> float | None:
        earlier = next(((at, found[user]) for at, found in self.looks if user in found), None)
        if earlier is None or up - earlier[0] < SHORTEST_SPAN_SECONDS:
            return None
        return used_since(earlier[1], parts) / (up - earlier[0])
