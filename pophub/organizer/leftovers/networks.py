"""An event's network: free of charge, but it blocks a new one. It is found by tag and removed from the inside out."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.thing import FREE, Kind, Scope, Thing


def _security_groups(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_security_groups", "SecurityGroups[]"):
        # every VPC has a group of this name, which is deleted with it
        if entry["GroupName"] != "default":
            yield Thing("security group", entry["GroupId"], FREE, entry["GroupName"])


def _delete_security_group(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_security_group", GroupId=thing.id)


def _subnets(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_subnets", "Subnets[]"):
        yield Thing("subnet", entry["SubnetId"], FREE, entry["CidrBlock"])


def _delete_subnet(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_subnet", SubnetId=thing.id)


def _route_tables(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_route_tables", "RouteTables[]"):
        # the VPC's main route table is deleted with it
        if not any(held.get("Main") for held in entry["Associations"]):
            yield Thing("route table", entry["RouteTableId"], FREE, entry=entry)


def _delete_route_table(scope: Scope, thing: Thing) -> None:
    for held in scope.call("ec2", "describe_route_tables", RouteTableIds=[thing.id])["RouteTables"][0]["Associations"]:
        scope.call("ec2", "disassociate_route_table", AssociationId=held["RouteTableAssociationId"])
    scope.call("ec2", "delete_route_table", RouteTableId=thing.id)


def _gateways(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_internet_gateways", "InternetGateways[]"):
        yield Thing("internet gateway", entry["InternetGatewayId"], FREE, entry=entry)


def _delete_gateway(scope: Scope, thing: Thing) -> None:
    for held in thing.entry["Attachments"]:
        scope.call("ec2", "detach_internet_gateway", InternetGatewayId=thing.id, VpcId=held["VpcId"])
    scope.call("ec2", "delete_internet_gateway", InternetGatewayId=thing.id)


def _vpcs(scope: Scope) -> Iterator[Thing]:
    for entry in tagged(scope, "describe_vpcs", "Vpcs[]"):
        yield Thing("VPC", entry["VpcId"], FREE, entry["CidrBlock"])


def _delete_vpc(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_vpc", VpcId=thing.id)


NETWORKS = (
    Kind("security group", _security_groups, _delete_security_group),
    Kind("subnet", _subnets, _delete_subnet),
    Kind("route table", _route_tables, _delete_route_table),
    Kind("internet gateway", _gateways, _delete_gateway),
    Kind("VPC", _vpcs, _delete_vpc),
)
