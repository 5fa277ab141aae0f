"""Other people's resources in an event's VPC. EC2 deletes neither VPC nor subnet while they exist.

EC2's error is DependencyViolation. GuardDuty's resources, known by their tag, are removed. All others have another
owner, so they are listed with the command that removes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.core.contract import EVENT_TAG
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_gone, tag_map

# the tag of its endpoint and its security group:
# https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-shared-vpc.html
GUARDDUTY_TAG = "GuardDutyManaged"
# an endpoint is deleted within minutes after EC2 has accepted the request
POLL_SECONDS, POLLS = 5, 120
ENDPOINT, GROUP = "GuardDuty endpoint", "GuardDuty group"
# the beginning of an interface's description → how to remove the resource that created it
MAKERS = {
    "EFS mount target for ": "delete the mount target of its EFS file system",
    "ELB ": "delete its load balancer",
    "AWS Lambda VPC ENI": "take the VPC away from its Lambda function",
    "RDSNetworkInterface": "delete its RDS database",
    "Interface for NAT Gateway": "delete its NAT gateway",
    "Network Interface for Transit Gateway Attachment": "delete the transit gateway's attachment",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A listing of EC2: the type's name, the keys of VPC and id, and the AWS CLI command that removes a resource."""

    name: str
    operation: str
    entries: str
    id: str
    removed_by: str
    vpc_filter: str = "vpc-id"
    gone: tuple[str, ...] = ()
    # FREE, or None: the price of types that cost something is not known here
    usd: Decimal | None = FREE


# in the order in which they can be removed
ROWS = (
    Row("instance", "describe_instances", "Reservations[].Instances[]", "InstanceId",
        "terminate-instances --instance-ids", gone=("terminated", "shutting-down"), usd=None),
    Row("NAT gateway", "describe_nat_gateways", "NatGateways[]", "NatGatewayId",
        "delete-nat-gateway --nat-gateway-id", gone=("deleted", "deleting"), usd=None),
    Row("endpoint", "describe_vpc_endpoints", "VpcEndpoints[]", "VpcEndpointId",
        "delete-vpc-endpoints --vpc-endpoint-ids", gone=("deleted", "deleting"), usd=None),
    Row("interface", "describe_network_interfaces", "NetworkInterfaces[]", "NetworkInterfaceId",
        "delete-network-interface --network-interface-id"),
    Row("peering", "describe_vpc_peering_connections", "VpcPeeringConnections[]", "VpcPeeringConnectionId",
        "delete-vpc-peering-connection --vpc-peering-connection-id", "requester-vpc-info.vpc-id",
        gone=("deleted", "rejected", "failed", "expired")),
    Row("peering", "describe_vpc_peering_connections", "VpcPeeringConnections[]", "VpcPeeringConnectionId",
        "delete-vpc-peering-connection --vpc-peering-connection-id", "accepter-vpc-info.vpc-id",
        gone=("deleted", "rejected", "failed", "expired")),
    Row("security group", "describe_security_groups", "SecurityGroups[]", "GroupId",
        "delete-security-group --group-id"),
    Row("subnet", "describe_subnets", "Subnets[]", "SubnetId", "delete-subnet --subnet-id"),
    Row("route table", "describe_route_tables", "RouteTables[]", "RouteTableId",
        "delete-route-table --route-table-id"),
    Row("internet gateway", "describe_internet_gateways", "InternetGateways[]", "InternetGatewayId",
        "detach-internet-gateway --internet-gateway-id", "attachment.vpc-id"),
    Row("VPN gateway", "describe_vpn_gateways", "VpnGateways[]", "VpnGatewayId",
        "detach-vpn-gateway --vpn-gateway-id", "attachment.vpc-id", gone=("deleted", "deleting"), usd=None),
)  # fmt: skip


def in_the_way(context: EventContext) -> list[Resource]:
    """Resources in the event's VPCs that are not the event's, and that are not deleted together with others in this list."""
    vpcs = _vpcs(context)
    if not vpcs:
        return []
    machines = {str(it["InstanceId"]) for it in tagged(context, "describe_instances", "Reservations[].Instances[]")}
    found: dict[str, Resource] = {}
    for row in ROWS:
        for entry in _listed(context, row, vpcs):
            if not _is_ours_or_goes_with(context, entry, found, machines):
                found.setdefault(entry[row.id], _thing(context, row, entry))
    return list(found.values())


def _vpcs(context: EventContext) -> list[str]:
    return [str(entry["VpcId"]) for entry in tagged(context, "describe_vpcs", "Vpcs[]")]


def _listed(context: EventContext, row: Row, vpcs: Collection[str]) -> Iterator[Mapping[str, Any]]:
    here = [{"Name": row.vpc_filter, "Values": [*vpcs]}]
    # this call returns no pages, unlike all others here
    if row.operation == "describe_vpn_gateways":
        entries: Iterator[Any] = iter(context.call("ec2", row.operation, Filters=here)["VpnGateways"])
    else:
        # only this call names its parameter `Filter`
        filters = "Filter" if row.operation == "describe_nat_gateways" else "Filters"
        entries = context.all("ec2", row.operation, row.entries, **{filters: here})
    return (entry for entry in entries if _state(entry) not in row.gone)


def _state(entry: Mapping[str, Any]) -> str:
    """EC2's types differ in the key of the state and in capital letters."""
    state = entry.get("State", entry.get("Status", ""))
    if isinstance(state, Mapping):
        state = state.get("Name", state.get("Code", ""))
    return str(state).lower()


def _is_ours_or_goes_with(
    context: EventContext, entry: Mapping[str, Any], found: Mapping[str, Resource], machines: Collection[str]
) -> bool:
    if tag_map(entry.get("Tags")).get(EVENT_TAG) == context.event:
        return True
    # every VPC has one default group and one main route table, which are deleted with it
    if entry.get("GroupName") == "default" or any(it.get("Main") for it in entry.get("Associations", ())):
        return True
    attached = entry.get("Attachment", {}).get("InstanceId", "")
    with_what_is_listed = {id_ for resource in found.values() for id_ in _interfaces_of(resource.entry)}
    return attached in {*machines, *found} or entry.get("NetworkInterfaceId") in with_what_is_listed


def _interfaces_of(entry: Mapping[str, Any]) -> list[str]:
    """The network interfaces of an endpoint or of a NAT gateway."""
    addresses = (str(it.get("NetworkInterfaceId", "")) for it in entry.get("NatGatewayAddresses", ()))
    return [*entry.get("NetworkInterfaceIds", ()), *addresses]


def _thing(context: EventContext, row: Row, entry: Mapping[str, Any]) -> Resource:
    id_ = str(entry[row.id])
    is_guardduty = GUARDDUTY_TAG in tag_map(entry.get("Tags"))
    name = {"endpoint": ENDPOINT, "security group": GROUP}.get(row.name, row.name) if is_guardduty else row.name
    words = [f"in {context.event}'s VPC", _about(row, entry)]
    if name not in (ENDPOINT, GROUP):
        words.append(f"its owner removes it: {_remedy(context, row, entry, id_)}")
    note = "; ".join(filter(None, words))
    return Resource(name, id_, row.usd, note, doubtful=name not in (ENDPOINT, GROUP), entry=entry)


def _about(row: Row, entry: Mapping[str, Any]) -> str:
    tags = tag_map(entry.get("Tags"))
    texts = [entry.get(key) for key in ("Description", "ServiceName", "GroupName", "InstanceType", "CidrBlock")]
    owner = entry.get("RequesterId") or entry.get("OwnerId")
    return ", ".join(str(it) for it in (*texts, tags.get("Name"), owner and f"owner {owner}") if it)


def _remedy(context: EventContext, row: Row, entry: Mapping[str, Any], id_: str) -> str:
    description = str(entry.get("Description", ""))
    for begins, remedy in MAKERS.items():
        if row.name == "interface" and description.startswith(begins):
            return remedy
    more = f" --vpc-id {entry['Attachments'][0]['VpcId']}" if row.removed_by.startswith("detach-internet") else ""
    if row.removed_by.startswith("detach-vpn"):
        more = f" --vpc-id {entry['VpcAttachments'][0]['VpcId']}"
    return f"aws ec2 {row.removed_by} {id_}{more} --region {context.region}"


def _guardduty_s(row_name: str) -> Callable[[EventContext], Iterator[Resource]]:
    def find(context: EventContext) -> Iterator[Resource]:
        row = next(row for row in ROWS if row.name == row_name)
        vpcs = _vpcs(context)
        for entry in _listed(context, row, vpcs) if vpcs else ():
            if GUARDDUTY_TAG in tag_map(entry.get("Tags")):
                yield _thing(context, row, entry)

    return find


def _delete_endpoint(context: EventContext, resource: Resource, pause: Callable[[float], None] = time.sleep) -> None:
    context.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[resource.id])
    for _ in range(POLLS):
        try:
            found = context.call("ec2", "describe_vpc_endpoints", VpcEndpointIds=[resource.id])["VpcEndpoints"]
        except AwsRefusal as refusal:
            if is_gone(refusal):
                return
            raise
        if all(_state(entry) == "deleted" for entry in found):
            return
        pause(POLL_SECONDS)
    raise AwsRefusal(
        "ec2 delete_vpc_endpoints", "NotDone", f"{resource.id} is still there after {POLLS * POLL_SECONDS // 60} min"
    )


def _delete_group(context: EventContext, resource: Resource) -> None:
    context.call("ec2", "delete_security_group", GroupId=resource.id)


def others(context: EventContext) -> list[Resource]:
    """Resources that only their owner may remove."""
    return [resource for resource in in_the_way(context) if resource.doubtful]


# removed before the network that contains them
GUARDDUTY = (
    ResourceType(ENDPOINT, _guardduty_s("endpoint"), _delete_endpoint),
    ResourceType(GROUP, _guardduty_s("security group"), _delete_group),
)
STRANGERS = ResourceType("other resource in the VPC", others)


def clear(context: EventContext, talk: Callable[[str], None]) -> int:
    """Remove GuardDuty's resources from the event's VPC; returns their number.

    Raises:
        AwsRefusal: EC2 does not list or delete them.
    """
    removed = 0
    for type_, remove in zip(GUARDDUTY, (_delete_endpoint, _delete_group), strict=True):
        for resource in list(type_.find(context)):
            talk(f"removing {resource.type} {resource.id}, for at most {POLLS * POLL_SECONDS // 60} min")
            remove(context, resource)
            removed += 1
    return removed
