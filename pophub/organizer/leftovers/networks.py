"""An event's network: free of charge, but it blocks a new one. It is found by tag and removed from the inside out."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, removed_by


def _security_groups(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_security_groups", "SecurityGroups[]"):
        # every VPC has a group of this name, which is deleted with it
        if entry["GroupName"] != "default":
            yield Resource("security group", entry["GroupId"], FREE, entry["GroupName"])


def _delete_security_group(context: EventContext, resource: Resource) -> None:
    """EC2 deletes no group that a rule of another one names, so such rules go first."""
    for group in list(tagged(context, "describe_security_groups", "SecurityGroups[]")):
        naming = [
            {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
            | {"UserIdGroupPairs": [pair]}
            for rule in group["IpPermissions"]
            for pair in rule["UserIdGroupPairs"]
            if pair["GroupId"] == resource.id
        ]
        if naming:
            context.call("ec2", "revoke_security_group_ingress", GroupId=group["GroupId"], IpPermissions=naming)
    context.call("ec2", "delete_security_group", GroupId=resource.id)


def _subnets(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_subnets", "Subnets[]"):
        yield Resource("subnet", entry["SubnetId"], FREE, entry["CidrBlock"])


def _route_tables(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_route_tables", "RouteTables[]"):
        # the VPC's main route table is deleted with it
        if not any(held.get("Main") for held in entry["Associations"]):
            yield Resource("route table", entry["RouteTableId"], FREE, entry=entry)


def _delete_route_table(context: EventContext, resource: Resource) -> None:
    for held in context.call("ec2", "describe_route_tables", RouteTableIds=[resource.id])["RouteTables"][0][
        "Associations"
    ]:
        context.call("ec2", "disassociate_route_table", AssociationId=held["RouteTableAssociationId"])
    context.call("ec2", "delete_route_table", RouteTableId=resource.id)


def _gateways(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_internet_gateways", "InternetGateways[]"):
        yield Resource("internet gateway", entry["InternetGatewayId"], FREE, entry=entry)


def _delete_gateway(context: EventContext, resource: Resource) -> None:
    for held in resource.entry["Attachments"]:
        context.call("ec2", "detach_internet_gateway", InternetGatewayId=resource.id, VpcId=held["VpcId"])
    context.call("ec2", "delete_internet_gateway", InternetGatewayId=resource.id)


def _vpcs(context: EventContext) -> Iterator[Resource]:
    for entry in tagged(context, "describe_vpcs", "Vpcs[]"):
        yield Resource("VPC", entry["VpcId"], FREE, entry["CidrBlock"])


NETWORKS = (
    ResourceType("security group", _security_groups, _delete_security_group),
    ResourceType("subnet", _subnets, removed_by("ec2", "delete_subnet", "SubnetId")),
    ResourceType("route table", _route_tables, _delete_route_table),
    ResourceType("internet gateway", _gateways, _delete_gateway),
    ResourceType("VPC", _vpcs, removed_by("ec2", "delete_vpc", "VpcId")),
)
