"""An Auto Scaling group with a launch template, as an event has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.aws import LabAws
from tests.lab.aws_rules.network import REGION, make_network

TAGS = [{"Key": "pophub:event", "Value": "geo"}]


@dataclass(frozen=True)
class Group:
    """Its name, and clients to ask about it."""

    name: str
    ec2: Any
    scaling: Any

    def size(self, wanted: int) -> None:
        self.scaling.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=wanted)

    @property
    def instances(self) -> list[dict[str, Any]]:
        [found] = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"]
        return list(found["Instances"])

    @property
    def ids(self) -> list[str]:
        return [each["InstanceId"] for each in self.instances]

    @property
    def newest(self) -> dict[str, Any]:
        """The newest scaling activity."""
        return dict(self.scaling.describe_scaling_activities(AutoScalingGroupName=self.name)["Activities"][0])

    def delete(self) -> None:
        self.scaling.delete_auto_scaling_group(AutoScalingGroupName=self.name, ForceDelete=True)


def make_template(aws: LabAws, name: str, group: str, **more: Any) -> str:
    """Its id."""
    ec2 = aws.client("ec2", REGION)
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    disk = {"VolumeSize": 40, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [group], "DeleteOnTermination": True}
    data = {
        "ImageId": image,
        "UserData": "aGVsbG8=",
        "InstanceInitiatedShutdownBehavior": "terminate",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": disk}],
        "NetworkInterfaces": [interface],
        "TagSpecifications": [
            {"ResourceType": type_, "Tags": TAGS} for type_ in ("instance", "volume", "network-interface")
        ],
    }
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data | more)
    return str(made["LaunchTemplate"]["LaunchTemplateId"])


def make_group(
    aws: LabAws, name: str, *types: str, spot: bool = False, zone: str = f"{REGION}a", most: int = 5, **more: Any
) -> Group:
    """A group of these types; `more` is added to its launch template."""
    network = make_network(aws, zone)
    template = make_template(aws, name, network.group, **more)
    spec = {"LaunchTemplateId": template, "Version": "$Latest"}
    overrides = [{"InstanceType": each} for each in types or ("r7i.xlarge",)]
    scaling = aws.client("autoscaling", REGION)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=most,
        VPCZoneIdentifier=network.subnet,
        MixedInstancesPolicy={
            "LaunchTemplate": {"LaunchTemplateSpecification": spec, "Overrides": overrides},
            "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0 if spot else 100},
        },
    )
    return Group(name, network.ec2, scaling)
