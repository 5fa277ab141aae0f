"""What is known about the workers at one moment. Data only.

None always means "not known". Ages are durations by a clock that only runs forward, so that a clock that is set ends
nothing; `now` is the wall clock, for sessions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Worker:
    """One machine of the Auto Scaling group, and its node in the swarm.

    A worker without a node has not joined yet, so it never had a server. `servers` counts tasks that Swarm wants to run
    there or that still run there, `slots` what they reserve, in servers of the largest size.
    """

    id: str
    type: str
    # since the first look that saw it
    age: timedelta
    # the group is ending it, or EC2 has
    leaving: bool = False
    healthy: bool = True
    # protected from scale-in: only the hub can end it
    protected: bool = True
    joined: bool = True
    # it has joined a swarm that is not this hub's: the hub that it belonged to was replaced
    of_another_hub: bool = False
    # it answers the manager
    ready: bool = True
    # it takes no new servers
    paused: bool = False
    servers: int = 0
    slots: float = 0
    # for how long it has had no server, and for how long it has not answered; zero if it has one, or answers
    empty: timedelta = timedelta()
    down: timedelta = timedelta()
    # where it answers the hub; empty if it has not joined
    address: str = ""
    # by how much its clock is ahead of the hub's, where AWS and the swarm refuse so much; None: it is right, or not known
    clock_off: timedelta | None = None
    # since AWS's notice that it takes this spot instance; None: there is no notice
    notice: timedelta | None = None

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
    # both None: Auto Scaling does not answer. `wanted` is the group's desired capacity
    workers: tuple[Worker, ...] | None
    wanted: int | None
    # servers that no worker has room for, and what they reserve in servers of the largest size; both None: Docker does
    # not answer, and of the workers only their ids and ages are known
    pending: int | None
    pending_slots: float | None
    # since the hub goes off, or is closed for its archive; None: it does not
    closing: timedelta | None
    # since a worker was ended because it never joined, if none has joined since
    failed: timedelta | None = None
    # AWS's words, if its last try to start a worker failed and one is missing
    refused: str = ""
    # services that run servers of which the hub has not known for longer than a start takes
    orphans: tuple[str, ...] = ()
    # nodes of the swarm whose machines are gone
    strays: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[Worker, ...]:
        """The workers that the group does not end."""
        return tuple(it for it in self.workers or () if not it.leaving)
