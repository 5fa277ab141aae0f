"""What the tests of the workers share: a group in the lab AWS, a swarm in memory, and the daemon's world of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.cost.records import Moment
from pophub.hub.workers.collect import collect
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.world import Memory, World
from tests.pophub.hub.workers.fake_swarm import FakeSwarm
from tests.pophub.hub.workers.story import POLICY, SESSION
from tests.pophub.planted import REGION

NAMES = iter(range(10_000))


@dataclass
class Group:
    """An Auto Scaling group of the lab AWS."""

    client: Any
    name: str

    def size(self, size: int) -> list[str]:
        """Set the group's size; returns the ids of its instances."""
        self.client.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=size)
        return self.instances()

    def instances(self) -> list[str]:
        return [it["InstanceId"] for it in self.describe()["Instances"]]

    def describe(self) -> dict[str, Any]:
        [found] = self.client.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"]
        return dict(found)


@pytest.fixture
def group(lab_aws: LabAws) -> Iterator[Group]:
    """An empty group of at most six workers."""
    name = f"pophub-workers-{next(NAMES)}"
    ec2, client = lab_aws.client("ec2", REGION), lab_aws.client("autoscaling", REGION)
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": [f"{REGION}a"]}])["Subnets"]
    ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "r7i.large"}
    )
    client.create_auto_scaling_group(
        AutoScalingGroupName=name, MinSize=0, MaxSize=6, DesiredCapacity=0, VPCZoneIdentifier=subnet["SubnetId"],
        LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
    )  # fmt: skip
    yield Group(client, name)
    client.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


@pytest.fixture
def swarm() -> FakeSwarm:
    return FakeSwarm()


@pytest.fixture
def world(aws: Aws, group: Group, swarm: FakeSwarm, tmp_path: Path) -> World:
    """The daemon's world, with folders of its own."""
    run, reports = tmp_path / "run", tmp_path / "reports"
    run.mkdir()
    reports.mkdir()
    return World(aws, swarm, REGION, group.name, run, reports)


@pytest.fixture
def look(world: World) -> Callable[..., Facts]:
    """A look some minutes after the first; every look knows the earlier ones."""
    memory = Memory()

    def take(minutes: float = 0, **more: Any) -> Facts:
        at = SESSION.end + timedelta(minutes=minutes)
        return collect(world, memory, POLICY, Moment(at, "boot", int(minutes * 60_000)), **more)

    return take


@pytest.fixture
def now() -> datetime:
    """The moment of a look after no minutes."""
    return SESSION.end


def by_id(facts: Facts) -> dict[str, Worker]:
    return {it.id: it for it in facts.workers or ()}
