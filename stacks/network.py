"""The network: one public subnet behind an internet gateway; only ports 80 and 443 are open to the internet."""

from __future__ import annotations

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
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

from pophub.core.contract import HUB_PORT, IMAGE_PORT, NFS_PORT, SWARM_PORT, VPC_CIDR, WORKER_PORTS
from stacks.base import address

ANYWHERE = "0.0.0.0/0"
OPEN_PORTS = {80: "http, for redirects and certificates", 443: "https, the hub"}
# what a worker reaches at the hub; EC2 takes no apostrophe in a description
FOR_WORKERS = {
    SWARM_PORT: "the manager of the swarm",
    NFS_PORT: "the homes",
    HUB_PORT: "the API of the hub",
    IMAGE_PORT: "the image of the servers",
}


class Network(Construct):
    """The event's own VPC. It has no NAT gateway, which would cost more than the smallest hub."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        region: str,
        instance_type: str,
        zone: str | None,
        worker_type: str | None,
    ) -> None:
        super().__init__(scope, id_)
        self.offers = self._zones_that_offer(instance_type, region, zone)
        both = self._zones_for_workers(instance_type, worker_type, region) if worker_type else self.offers
        self.vpc = Vpc(self, "vpc", cidr_block=VPC_CIDR, enable_dns_hostnames=True, tags={"Name": name})
        self.subnet = Subnet(
            self,
            "public",
            vpc_id=self.vpc.id,
            cidr_block=VPC_CIDR,
            availability_zone=zone or f"${{element({both}, 0)}}",
            tags={"Name": name},
            # another instance type must not move the subnet to another zone, because the home volume cannot follow. A
            # zone in the event file moves the subnet as long as there is no home volume; later home.py refuses it.
            lifecycle=None if zone else TerraformResourceLifecycle(ignore_changes=["availability_zone"]),
        )
        self.route = self._route_to_the_internet(name)
        self.web = self._web_security_group(name)
        # by default, the members of a VPC's default group can reach each other: remove its rules
        DefaultSecurityGroup(self, "default", vpc_id=self.vpc.id, tags={"Name": f"{name}-unused"})

    def _zones_that_offer(self, instance_type: str, region: str, zone: str | None) -> str:
        """A Terraform expression: the region's zones that have this instance type, sorted.

        The plan fails if there are none.

        The offerings also list Local Zones that the account has enabled; an address of the region does not work there:
        https://docs.aws.amazon.com/local-zones/latest/ug/how-local-zones-work.html
        """
        zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[DataAwsAvailabilityZonesFilter(name="zone-type", values=["availability-zone"])],
        )
        both = f"setintersection(self.locations, {address(zones)}.names)"
        offerings = DataAwsEc2InstanceTypeOfferings(
            self,
            "offerings",
            location_type="availability-zone",
            filter=[DataAwsEc2InstanceTypeOfferingsFilter(name="instance-type", values=[instance_type])],
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=f"${{length({both}) > 0}}",
                        error_message=f"EC2 has no {instance_type} in {region}. "
                        "Set another `host.instance_type` in the event file, or another `region`.",
                    ),
                    *([_in_zone(zone, instance_type, both)] if zone else []),
                ]
            ),
        )
        self.offerings = offerings
        return f"sort(setintersection({address(offerings)}.locations, {address(zones)}.names))"

    def _zones_for_workers(self, instance_type: str, worker_type: str, region: str) -> str:
        """A Terraform expression: the region's zones that have the hub's type and the workers', sorted."""
        both = f"setintersection(self.locations, {self.offers})"
        offerings = DataAwsEc2InstanceTypeOfferings(
            self,
            "worker_offerings",
            location_type="availability-zone",
            filter=[DataAwsEc2InstanceTypeOfferingsFilter(name="instance-type", values=[worker_type])],
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=f"${{length({both}) > 0}}",
                        error_message=f"No zone of {region} has both {instance_type} and {worker_type}. "
                        "Set another `workers.type` or `host.instance_type` in the event file, or another `region`.",
                    )
                ]
            ),
        )
        self.offers_of_workers = f"{address(offerings)}.locations"
        return f"sort(setintersection({self.offers_of_workers}, {self.offers}))"

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
            egress=[_anywhere()],
        )


class WorkerGroups(Construct):
    """What the hub and its workers may send to each other. Workers cannot reach each other."""

    def __init__(self, scope: Construct, id_: str, *, name: str, network: Network) -> None:
        super().__init__(scope, id_)
        first, last = WORKER_PORTS
        self.workers = SecurityGroup(
            self,
            "workers",
            name=f"{name}-workers",
            description="A worker: servers, for the hub alone",
            vpc_id=network.vpc.id,
            ingress=[_from(network.web, first, last, "servers, for the hub")],
            egress=[_anywhere()],
        )
        # a group of its own: rules in both directions between two groups would be a cycle for Terraform
        self.hub = SecurityGroup(
            self,
            "hub",
            name=f"{name}-hub",
            description="The hub: what its workers need",
            vpc_id=network.vpc.id,
            ingress=[_from(self.workers, port, port, f"{what}, for workers") for port, what in FOR_WORKERS.items()],
        )


def _from(group: SecurityGroup, first: int, last: int, purpose: str) -> SecurityGroupIngress:
    return SecurityGroupIngress(
        description=purpose, protocol="tcp", from_port=first, to_port=last, security_groups=[group.id]
    )


def _anywhere() -> SecurityGroupEgress:
    return SecurityGroupEgress(
        description="packages, images and what participants fetch",
        protocol="-1",
        from_port=0,
        to_port=0,
        cidr_blocks=[ANYWHERE],
    )


def _in_zone(zone: str, instance_type: str, both: str) -> Postcondition:
    return Postcondition(
        condition=f'${{length({both}) == 0 || contains({both}, "{zone}")}}',
        error_message=f"{zone} has no {instance_type}. Set `host.availability_zone` in the event file to one of "
        f'${{join(", ", sort({both}))}}, or set another `host.instance_type`.',
    )
