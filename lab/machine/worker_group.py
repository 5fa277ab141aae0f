"""The event's Auto Scaling group in the lab AWS. It launches an instance for each worker, and LabWorker is its machine."""

from __future__ import annotations

import base64
from typing import Self

from lab.aws import LabAws
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import DEBIAN_ACCOUNT, EVENT_TAG, ROLE_TAG, WORKER_ROLE, workers_name
from pophub.organizer.deploy.bundle import user_data
from pophub.organizer.event.event import Event


class WorkerGroup:
    """The group of a deployed event."""

    def __init__(self, aws: LabAws, event: Event) -> None:
        self._ec2 = aws.client("ec2", event.region)
        self._scaling, self._name = aws.client("autoscaling", event.region), workers_name(event.name)

    @classmethod
    def made(cls, aws: LabAws, event: Event, profile: str) -> Self:
        """The group as a deployment makes it, without its network: it is empty at first. `profile` is that of its role."""
        group = cls(aws, event)
        group._make(event, profile)
        return group

    def _make(self, event: Event, profile: str) -> None:
        plan = plan_of(event).workers
        assert plan is not None
        image = self._ec2.describe_images(Owners=[DEBIAN_ACCOUNT])["Images"][0]["ImageId"]
        tags = [{"Key": EVENT_TAG, "Value": event.name}, {"Key": ROLE_TAG, "Value": WORKER_ROLE}]
        template = self._ec2.create_launch_template(
            LaunchTemplateName=self._name,
            LaunchTemplateData={
                "ImageId": image,
                "InstanceType": plan.machine.name,
                "IamInstanceProfile": {"Name": profile},
                "UserData": base64.b64encode(user_data().encode()).decode(),
                "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
            },
        )["LaunchTemplate"]
        self._scaling.create_auto_scaling_group(
            AutoScalingGroupName=self._name,
            MinSize=0,
            MaxSize=plan.most,
            VPCZoneIdentifier=self._ec2.describe_subnets()["Subnets"][0]["SubnetId"],
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"},
        )

    @property
    def instances(self) -> list[str]:
        """The ids of its instances that are not ended."""
        [group] = self._scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._name])["AutoScalingGroups"]
        return [it["InstanceId"] for it in group["Instances"] if not it["LifecycleState"].startswith("Terminat")]

    def lose(self, instance: str) -> None:
        """Let AWS's host of an instance fail for good."""
        self._ec2.terminate_instances(InstanceIds=[instance])

    def end(self, instance: str) -> None:
        """End an instance as the hub does, so that the group launches no other in its place."""
        self._scaling.terminate_instance_in_auto_scaling_group(InstanceId=instance, ShouldDecrementDesiredCapacity=True)

    def launch(self) -> str:
        """Ask for one more instance; returns its id."""
        before = set(self.instances)
        self._scaling.set_desired_capacity(AutoScalingGroupName=self._name, DesiredCapacity=len(before) + 1)
        wait_until(lambda: len(self.instances) > len(before), 30, "the group has launched an instance")
        [new] = set(self.instances) - before
        return new
