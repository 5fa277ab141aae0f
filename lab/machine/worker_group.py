"""The event's Auto Scaling group in the lab AWS. It launches an instance for each worker, and LabWorker is its machine."""

from __future__ import annotations

from lab.aws import LabAws
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import DEBIAN_ACCOUNT, EVENT_TAG, ROLE_TAG, WORKER_ROLE, workers_name
from pophub.organizer.event.event import Event


class WorkerGroup:
    """The group as a deployment makes it, without its network: it is empty at first."""

    def __init__(self, aws: LabAws, event: Event) -> None:
        plan = plan_of(event).workers
        assert plan is not None
        ec2 = aws.client("ec2", event.region)
        self._scaling, self._name = aws.client("autoscaling", event.region), workers_name(event.name)
        image = ec2.describe_images(Owners=[DEBIAN_ACCOUNT])["Images"][0]["ImageId"]
        tags = [{"Key": EVENT_TAG, "Value": event.name}, {"Key": ROLE_TAG, "Value": WORKER_ROLE}]
        template = ec2.create_launch_template(
            LaunchTemplateName=self._name,
            LaunchTemplateData={
                "ImageId": image,
                "InstanceType": plan.machine.name,
                "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}],
            },
        )["LaunchTemplate"]
        self._scaling.create_auto_scaling_group(
            AutoScalingGroupName=self._name,
            MinSize=0,
            MaxSize=plan.most,
            VPCZoneIdentifier=ec2.describe_subnets()["Subnets"][0]["SubnetId"],
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"},
        )

    @property
    def instances(self) -> list[str]:
        """The ids of its instances that are not ended."""
        [group] = self._scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._name])["AutoScalingGroups"]
        return [it["InstanceId"] for it in group["Instances"] if not it["LifecycleState"].startswith("Terminat")]

    def launch(self) -> str:
        """Ask for one more instance; returns its id."""
        before = set(self.instances)
        self._scaling.set_desired_capacity(AutoScalingGroupName=self._name, DesiredCapacity=len(before) + 1)
        wait_until(lambda: len(self.instances) > len(before), 30, "the group has launched an instance")
        [new] = set(self.instances) - before
        return new
