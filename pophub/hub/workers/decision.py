"""What the hub can do with its workers. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Do(StrEnum):
    """One thing to do."""

    SET_SIZE = "set size"  # ask the group for `size` workers
    PROTECT = "protect"  # let nobody but the hub end the worker
    PAUSE = "pause"  # the worker takes no new servers; those that it has run on
    UNPAUSE = "unpause"
    STOP_SERVERS = "stop servers"  # of the worker; of every worker if none is named
    REMOVE = "remove"  # the service with the id `worker`, a server that the hub does not know
    END = "end"  # the worker leaves the swarm and is terminated
    FORGET = "forget"  # take the node with the id `worker` from the swarm's list


@dataclass(frozen=True, slots=True)
class WorkerAction:
    """One thing to do with one worker, or with the group. `shrinks`: the group wants one worker less then."""

    do: Do
    worker: str = ""
    size: int = 0
    shrinks: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule that decided, a sentence with its reason, and the steps in their order. It names no participant."""

    rule: str
    reason: str
    steps: tuple[WorkerAction, ...] = ()
