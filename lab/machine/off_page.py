"""The off page at the event's address while the lab's machine is off: the shipped function, with the lab's AWS behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

from lab.aws import LabAws
from lab.machine import vpc
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.off_page import LabGateway
from lab.plans import plan_of
from lab.running import Running
from pophub.off_page.facts import WakeLimits
from pophub.off_page.handler import OffPage
from pophub.off_page.world import World
from pophub.organizer.deploy.off_page import event_facts

# so that a test does not depend on the time of day
ALWAYS = WakeLimits(100, time.min, time.max)


@dataclass(frozen=True)
class _World(World):
    """The lab's EC2 has no machine of this event: `starts` counts how often it was asked for one."""

    is_up: Callable[[], bool] = field(kw_only=True)
    starts: list[str] = field(default_factory=list)

    def listens(self) -> bool:
        return self.is_up()

    def start(self) -> None:
        self.starts.append(self.instance)


@dataclass(frozen=True)
class _Session:
    """What the function uses of boto3's."""

    aws: LabAws

    def client(self, service: str, *, region_name: str, config: object) -> Any:
        return self.aws.client(service, region_name)


class MachineOffPage(Running):
    """A context manager; `port` of 127.0.0.1 answers plain http, and `starts` has the starts that EC2 was asked for.

    `is_up` says whether the machine listens. After its answer the page leads there in `seconds`; Route 53 takes 100.
    """

    def __init__(self, lab: MachineLab, is_up: Callable[[], bool], *, seconds: int = 2) -> None:
        event, session = lab.event, _Session(lab.aws)
        where: Any = (event.name, event.region, BUCKET, BUCKET_REGION, "i-lab", vpc.MACHINE, 443, session)
        world = _World(*where, is_up=is_up)
        self.starts = world.starts
        page = OffPage(replace(event_facts(plan_of(event)), wake=ALWAYS), world, seconds=seconds)
        self._gateway = LabGateway(page.answer)
        self.port = int(self._gateway.url.rpartition(":")[2])

    def stop(self) -> None:
        """End it."""
        self._gateway.stop()
