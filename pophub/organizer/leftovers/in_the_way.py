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
from pophub.organizer.leftovers.machines import tagged
from pophub.organizer.leftovers.thing import FREE, Kind, Scope, Thing, is_gone, tag_map

# the tag of its endpoint and its security group:
# https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-shared-vpc.html
GUARDDUTY_TAG = "GuardDutyManaged"
# an endpoint is deleted within minutes after EC2 has accepted the request
LOOK_SECONDS, LOOKS = 5, 120
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


def in_the_way(scope: Scope) -> list[Thing]:
    """Resources in the event's VPCs that are not the event's, and that are not deleted together with others in this list."""
    vpcs = _vpcs(scope)
    if not vpcs:
        return []
    machines = {str(it["InstanceId"]) for it in tagged(scope, "describe_instances", "Reservations[].Instances[]")}
    found: dict[str, Thing] = {}
    for row in ROWS:
        for entry in _listed(scope, row, vpcs):
            if not _is_ours_or_goes_with(scope, entry, found, machines):
                found.setdefault(entry[row.id], _thing(scope, row, entry))
    return list(found.values())


def _vpcs(scope: Scope) -> list[str]:
    return [str(entry["VpcId"]) for entry in tagged(scope, "describe_vpcs", "Vpcs[]")]


def _listed(scope: Scope, row: Row, vpcs: Collection[str]) -> Iterator[Mapping[str, Any]]:
    here = [{"Name": row.vpc_filter, "Values": [*vpcs]}]
    # this call returns no pages, unlike all others here
    if row.operation == "describe_vpn_gateways":
        entries: Iterator[Any] = iter(scope.call("ec2", row.operation, Filters=here)["VpnGateways"])
    else:
        # only this call names its parameter `Filter`
        filters = "Filter" if row.operation == "describe_nat_gateways" else "Filters"
        entries = scope.all("ec2", row.operation, row.entries, **{filters: here})
    return (entry for entry in entries if _state(entry) not in row.gone)


def _state(entry: Mapping[str, Any]) -> str:
    """EC2's types differ in the key of the state and in capital letters."""
    state = entry.get("State", entry.get("Status", ""))
    if isinstance(state, Mapping):
        state = state.get("Name", state.get("Code", ""))
    return str(state).lower()


def _is_ours_or_goes_with(
    scope: Scope, entry: Mapping[str, Any], found: Mapping[str, Thing], machines: Collection[str]
) -> bool:
    if tag_map(entry.get("Tags")).get(EVENT_TAG) == scope.event:
        return True
    # every VPC has one default group and one main route table, which are deleted with it
    if entry.get("GroupName") == "default" or any(it.get("Main") for it in entry.get("Associations", ())):
        return True
    attached = entry.get("Attachment", {}).get("InstanceId", "")
    with_what_is_listed = {id_ for thing in found.values() for id_ in _interfaces_of(thing.entry)}
    return attached in {*machines, *found} or entry.get("NetworkInterfaceId") in with_what_is_listed


def _interfaces_of(entry: Mapping[str, Any]) -> list[str]:
    """The network interfaces of an endpoint or of a NAT gateway."""
    addresses = (str(it.get("NetworkInterfaceId", "")) for it in entry.get("NatGatewayAddresses", ()))
    return [*entry.get("NetworkInterfaceIds", ()), *addresses]


def _thing(scope: Scope, row: Row, entry: Mapping[str, Any]) -> Thing:
    id_ = str(entry[row.id])
    is_guardduty = GUARDDUTY_TAG in tag_map(entry.get("Tags"))
    name = {"endpoint": ENDPOINT, "security group": GROUP}.get(row.name, row.name) if is_guardduty else row.name
    words = [f"in {scope.event}'s VPC", _about(row, entry)]
    if name not in (ENDPOINT, GROUP):
        words.append(f"its owner removes it: {_remedy(scope, row, entry, id_)}")
    note = "; ".join(filter(None, words))
    return Thing(name, id_, row.usd, note, doubtful=name not in (ENDPOINT, GROUP), entry=entry)


def _about(row: Row, entry: Mapping[str, Any]) -> str:
    tags = tag_map(entry.get("Tags"))
    texts = [entry.get(key) for key in ("Description", "ServiceName", "GroupName", "InstanceType", "CidrBlock")]
    owner = entry.get("RequesterId") or entry.get("OwnerId")
    return ", ".join(str(it) for it in (*texts, tags.get("Name"), owner and f"owner {owner}") if it)


def _remedy(scope: Scope, row: Row, entry: Mapping[str, Any], id_: str) -> str:
    description = str(entry.get("Description", ""))
    for begins, remedy in MAKERS.items():
        if row.name == "interface" and description.startswith(begins):
            return remedy
    more = f" --vpc-id {entry['Attachments'][0]['VpcId']}" if row.removed_by.startswith("detach-internet") else ""
    if row.removed_by.startswith("detach-vpn"):
        more = f" --vpc-id {entry['VpcAttachments'][0]['VpcId']}"
    return f"aws ec2 {row.removed_by} {id_}{more} --region {scope.region}"


def _guardduty_s(row_name: str) -> Callable[[Scope], Iterator[Thing]]:
    def find(scope: Scope) -> Iterator[Thing]:
        row = next(row for row in ROWS if row.name == row_name)
        vpcs = _vpcs(scope)
        for entry in _listed(scope, row, vpcs) if vpcs else ():
            if GUARDDUTY_TAG in tag_map(entry.get("Tags")):
                yield _thing(scope, row, entry)

    return find


def _delete_endpoint(scope: Scope, thing: Thing, pause: Callable[[float], None] = time.sleep) -> None:
    scope.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[thing.id])
    for _ in range(LOOKS):
        try:
            found = scope.call("ec2", "describe_vpc_endpoints", VpcEndpointIds=[thing.id])["VpcEndpoints"]
        except AwsRefusal as refusal:
            if is_gone(refusal):
                return
            raise
        if all(_state(entry) == "deleted" for entry in found):
            return
        pause(LOOK_SECONDS)
    raise AwsRefusal(
        "ec2 delete_vpc_endpoints", "NotDone", f"{thing.id} is still there after {LOOKS * LOOK_SECONDS // 60} min"
    )


def _delete_group(scope: Scope, thing: Thing) -> None:
    scope.call("ec2", "delete_security_group", GroupId=thing.id)


def others(scope: Scope) -> list[Thing]:
    """Resources that only their owner may remove."""
    return [thing for thing in in_the_way(scope) if thing.doubtful]


# removed before the network that contains them
GUARDDUTY = (
    Kind(ENDPOINT, _guardduty_s("endpoint"), _delete_endpoint),
    Kind(GROUP, _guardduty_s("security group"), _delete_group),
)
STRANGERS = Kind("other thing in the VPC", others)


def clear(scope: Scope, talk: Callable[[str], None]) -> int:
    """Remove GuardDuty's resources from the event's VPC; returns their number.

    Raises:
        AwsRefusal: EC2 does not list or delete them.
    """
    removed = 0
    for kind, remove in zip(GUARDDUTY, (_delete_endpoint, _delete_group), strict=True):
        for thing in list(kind.find(scope)):
            talk(f"removing {thing.kind} {thing.id}, for at most {LOOKS * LOOK_SECONDS // 60} min")
            remove(scope, thing)
            removed += 1
    return removed
