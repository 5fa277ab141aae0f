"""The possible steps for workers, and a decision. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Do(StrEnum):
    """A kind of step."""

    SET_SIZE = "set size"  # ask the group for `size` workers
    PROTECT = "protect"  # let nobody but the hub end the worker
    PAUSE = "pause"  # the worker takes no new servers; its running servers go on
    UNPAUSE = "unpause"
    STOP_SERVERS = "stop servers"  # those of the worker, or of every worker if none is named
    REMOVE = "remove"  # remove the service with the id `worker`: a server that the hub does not know
    END = "end"  # the worker leaves the swarm and is terminated
    FORGET = "forget"  # remove the node with the id `worker` from the swarm's list


@dataclass(frozen=True, slots=True)
class WorkerAction:
    """A step for one worker or for the group. `shrinks`: the group's desired size falls by one."""

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
