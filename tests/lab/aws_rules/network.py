"""A VPC with a machine in it, as an event has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.aws import LabAws

REGION = "us-west-2"


@dataclass(frozen=True)
class Network:
    """Ids, and a client to ask about them."""

    ec2: Any
    vpc: str
    gateway: str
    subnet: str
    group: str
    interface: str

    def run(self, instance_type: str = "m5.large") -> str:
        """A machine on the interface."""
        image = self.ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
        [made] = self.ec2.run_instances(
            ImageId=image,
            InstanceType=instance_type,
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": self.interface}],
        )["Instances"]
        return str(made["InstanceId"])

    def take_down(self) -> None:
        """In the order that EC2 asks for."""
        ec2 = self.ec2
        ec2.delete_network_interface(NetworkInterfaceId=self.interface)
        ec2.delete_subnet(SubnetId=self.subnet)
        ec2.delete_security_group(GroupId=self.group)
        ec2.detach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        ec2.delete_internet_gateway(InternetGatewayId=self.gateway)
        ec2.delete_vpc(VpcId=self.vpc)


def make_network(aws: LabAws, zone: str = f"{REGION}a", region: str = REGION) -> Network:
    """In one zone, with an interface of its own."""
    ec2 = aws.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/24")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.0.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
    return Network(ec2, vpc, gateway, subnet, group, interface)
