"""What is known about the workers at one moment. Data only.

None means "not known", unless a comment says otherwise. Durations come from a clock that only runs forward, so that
setting the clock ends no worker. `now` is the wall clock; only sessions use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Worker:
    """One machine of the Auto Scaling group, and its node in the swarm.

    A worker without a node has no server of this hub: it has not joined yet, or the swarm has forgotten it. `servers`
    counts tasks that Swarm wants to run there or that still run there, `slots` what they reserve, in servers of the
    largest size.
    """

    id: str
    type: str
    # how long ago a look first saw it
    age: timedelta
    # the group is ending it, or EC2 has ended it
    leaving: bool = False
    healthy: bool = True
    # protected from scale-in: only the hub can end it
    protected: bool = True
    joined: bool = True
    # it has joined the swarm of an earlier hub, which this hub has replaced
    of_another_hub: bool = False
    # it answers the swarm's manager
    ready: bool = True
    # it takes no new servers
    paused: bool = False
    servers: int = 0
    slots: float = 0
    # how long it has had no server, and how long it has not answered; zero if it has one, or answers or starts
    empty: timedelta = timedelta()
    down: timedelta = timedelta()
    # its IP address; empty if it has not joined
    address: str = ""
    # how far its clock is ahead of the hub's, if that is too far for AWS and the swarm; None: it is right, or not known
    clock_off: timedelta | None = None
    # how long ago AWS announced that it takes this spot instance back; None: it has not
    notice: timedelta | None = None

    @property
    def starting(self) -> bool:
        """Whether it may still join. The hub has protected each worker that once did; that one does not come back."""
        return not self.joined and not self.protected

    @property
    def takes_servers(self) -> bool:
        """Whether Swarm may place a server there now."""
        return self.usable and not self.paused

    @property
    def usable(self) -> bool:
        """Whether it would take servers if it were not paused."""
        return self.joined and self.ready and not self.leaving and self.notice is None and self.clock_off is None


@dataclass(frozen=True, slots=True)
class Facts:
    """One look at the group and the swarm."""

    now: datetime
    # both are None if Auto Scaling does not answer; `wanted` is the group's desired capacity
    workers: tuple[Worker, ...] | None
    wanted: int | None
    # the servers that no worker has room for, and what they reserve, in servers of the largest size; both are None if
    # Docker does not answer, and then only the workers' ids and ages are known
    pending: int | None
    pending_slots: float | None
    # how long the hub has been going off, or closed for its archive; None: neither
    closing: timedelta | None
    # how long ago a worker was ended because it could not be used, if no usable one has come since; else None
    failed: timedelta | None = None
    # AWS's message if its last try to start a worker failed and a worker is missing
    refused: str = ""
    # services of servers that the hub has not known for longer than a start takes
    orphans: tuple[str, ...] = ()
    # nodes of the swarm whose machines no longer exist
    strays: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[Worker, ...]:
        """The workers that the group is not ending."""
        return tuple(it for it in self.workers or () if not it.leaving)
