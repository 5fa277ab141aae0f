"""The network: one public subnet behind an internet gateway, open to the web on 80 and 443 and to nothing else."""

from __future__ import annotations

from cdktf import Fn, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ec2_instance_type_offerings import (
    DataAwsEc2InstanceTypeOfferings,
    DataAwsEc2InstanceTypeOfferingsFilter,
)
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

CIDR = "10.20.0.0/24"
ANYWHERE = "0.0.0.0/0"
OPEN_PORTS = {80: "http, for redirects and certificates", 443: "https, the hub"}


class Network(Construct):
    """A VPC of the event's own. No NAT gateway: it would cost more than the smallest hub."""

    def __init__(self, scope: Construct, id_: str, *, name: str, instance_type: str) -> None:
        super().__init__(scope, id_)
        self.vpc = Vpc(self, "vpc", cidr_block=CIDR, enable_dns_hostnames=True, tags={"Name": name})
        self.subnet = Subnet(
            self,
            "public",
            vpc_id=self.vpc.id,
            cidr_block=CIDR,
            availability_zone=self._zone_that_offers(instance_type),
            tags={"Name": name},
            # another machine size must not move the subnet: the home volume cannot follow it
            lifecycle=TerraformResourceLifecycle(ignore_changes=["availability_zone"]),
        )
        self.route = self._route_to_the_internet(name)
        self.web = self._web_security_group(name)
        # a VPC's default group lets its members talk to each other: close it
        DefaultSecurityGroup(self, "default", vpc_id=self.vpc.id, tags={"Name": f"{name}-unused"})

    def _zone_that_offers(self, instance_type: str) -> str:
        offerings = DataAwsEc2InstanceTypeOfferings(
            self,
            "offerings",
            location_type="availability-zone",
            filter=[DataAwsEc2InstanceTypeOfferingsFilter(name="instance-type", values=[instance_type])],
        )
        return str(Fn.element(Fn.sort(offerings.locations), 0))

    def _route_to_the_internet(self, name: str) -> Route:
        gateway = InternetGateway(self, "gateway", vpc_id=self.vpc.id, tags={"Name": name})
        table = RouteTable(self, "routes", vpc_id=self.vpc.id, tags={"Name": name})
        RouteTableAssociation(self, "public_routes", subnet_id=self.subnet.id, route_table_id=table.id)
        return Route(self, "internet", route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=gateway.id)

    def _web_security_group(self, name: str) -> SecurityGroup:
        return SecurityGroup(
            self,
            "web",
            name=f"{name}-web",
            description="The hub: http and https from anywhere, nothing else",
            vpc_id=self.vpc.id,
            ingress=[
                SecurityGroupIngress(
                    description=purpose, protocol="tcp", from_port=port, to_port=port, cidr_blocks=[ANYWHERE]
                )
                for port, purpose in OPEN_PORTS.items()
            ],
            egress=[
                SecurityGroupEgress(
                    description="packages, images and what participants fetch",
                    protocol="-1",
                    from_port=0,
                    to_port=0,
                    cidr_blocks=[ANYWHERE],
                )
            ],
        )
