"""What others have put into an event's network is named with its remedy; GuardDuty's own goes, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lab.account_kinds import ORDINARY
from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.in_the_way import GUARDDUTY, clear, in_the_way, others
from pophub.organizer.leftovers.leftovers import find, removable, remove
from pophub.organizer.leftovers.resource import Resource
from tests.pophub.planted import REGION, Garden, event_context


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    """An account in which GuardDuty watches."""
    with LabAws(tmp_path_factory.mktemp("guarded"), replace(ORDINARY, guardduty=True)) as lab:
        lab.add_zone("example.org")
        yield lab


class Network:
    """An event's network with its machine, as it stands in AWS."""

    def __init__(self, lab: LabAws, event: str) -> None:
        self.garden = Garden(lab, event, event)
        self.garden.network()
        self.ids = dict(self.garden.planted)
        self.ec2 = lab.client("ec2", REGION)
        self.context: EventContext = event_context(lab.as_scripts_see_it(), event)


@pytest.fixture
def network(lab: LabAws, request: pytest.FixtureRequest) -> Iterator[Network]:
    made = Network(lab, "n" + str(abs(hash(request.node.name)))[:10])
    yield made
    # its VPC is one of five
    for resource in others(made.context):
        _remove_by_its_remedy(made.ec2, resource)
        if resource.type == "NAT gateway":
            # on AWS its address and its interface are free then: moto keeps both
            [address] = resource.entry["NatGatewayAddresses"]
            made.ec2.disassociate_address(PublicIp=address["PublicIp"])
            made.ec2.delete_network_interface(NetworkInterfaceId=address["NetworkInterfaceId"])
    assert remove(made.context, removable(find(made.context), lambda resource: True)) == ()


def _remove_by_its_remedy(ec2: Any, resource: Resource) -> None:
    """Do what the note says, as a person would at a terminal."""
    if "aws ec2 " not in resource.note:
        ec2.delete_network_interface(NetworkInterfaceId=resource.id)
        return
    words = resource.note.partition("aws ec2 ")[2].split()
    call, [name, id_, *more] = words[0].replace("-", "_"), words[1:]
    assert more[-2:] == ["--region", REGION]
    given = dict(zip(more[::2], more[1::2], strict=True))
    parameter = "".join(word.title() for word in name.strip("-").split("-"))
    vpc = {"VpcId": given["--vpc-id"]} if "--vpc-id" in given else {}
    getattr(ec2, call)(**{parameter: [id_] if name.endswith("ids") else id_}, **vpc)


def test_what_is_guardduty_s_is_found_and_goes_and_only_that(network: Network) -> None:
    found = in_the_way(network.context)

    assert [resource.type for resource in found] == [type_.name for type_ in GUARDDUTY]
    assert "guardduty-data" in found[0].note
    assert others(network.context) == []
    assert {resource.type for resource in find(network.context).left} >= {"GuardDuty endpoint", "GuardDuty group"}

    steps: list[str] = []
    assert clear(network.context, steps.append) == 2
    assert steps[0] == f"removing GuardDuty endpoint {found[0].id}, for at most 10 min"
    assert (in_the_way(network.context), clear(network.context, steps.append)) == ([], 0)


def test_leftovers_remove_it_before_the_network_that_it_is_in(network: Network) -> None:
    assert remove(network.context, removable(find(network.context), lambda resource: True)) == ()
    assert find(network.context).is_clean


def _interface(network: Network, description: str) -> str:
    made = network.ec2.create_network_interface(SubnetId=network.ids["subnet"], Description=description)
    return str(made["NetworkInterface"]["NetworkInterfaceId"])


def _instance(network: Network) -> str:
    image = network.ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    own = {"DeviceIndex": 0, "SubnetId": network.ids["subnet"], "DeleteOnTermination": True}
    made = network.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[own])
    return str(made["Instances"][0]["InstanceId"])


def _endpoint(network: Network) -> str:
    made = network.ec2.create_vpc_endpoint(
        VpcId=network.ids["VPC"], ServiceName=f"com.amazonaws.{REGION}.ssm", VpcEndpointType="Interface",
        SubnetIds=[network.ids["subnet"]],
    )  # fmt: skip
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def _peering(network: Network) -> str:
    other = network.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    made = network.ec2.create_vpc_peering_connection(VpcId=network.ids["VPC"], PeerVpcId=other)
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def _group(network: Network) -> str:
    made = network.ec2.create_security_group(GroupName="theirs", Description="of theirs", VpcId=network.ids["VPC"])
    return str(made["GroupId"])


def _subnet(network: Network) -> str:
    network.ec2.associate_vpc_cidr_block(VpcId=network.ids["VPC"], CidrBlock="10.21.0.0/24")
    made = network.ec2.create_subnet(VpcId=network.ids["VPC"], CidrBlock="10.21.0.0/24")
    return str(made["Subnet"]["SubnetId"])


def _nat(network: Network) -> str:
    address = network.ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = network.ec2.create_nat_gateway(SubnetId=network.ids["subnet"], AllocationId=address)
    return str(made["NatGateway"]["NatGatewayId"])


def _vpn(network: Network) -> str:
    gateway = str(network.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"])
    network.ec2.attach_vpn_gateway(VpcId=network.ids["VPC"], VpnGatewayId=gateway)
    return gateway


EFS = "EFS mount target for fs-0123 (fsmt-0456)"
STRANGERS = {
    "interface of EFS": (lambda network: _interface(network, EFS), "interface", "delete the mount target of its EFS"),
    "interface of nobody": (lambda network: _interface(network, ""), "interface", "delete-network-interface"),
    "instance": (_instance, "instance", "aws ec2 terminate-instances --instance-ids"),
    "endpoint": (_endpoint, "endpoint", "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids"),
    "peering": (_peering, "peering", "aws ec2 delete-vpc-peering-connection"),
    "security group": (_group, "security group", "theirs"),
    "subnet": (_subnet, "subnet", "aws ec2 delete-subnet --subnet-id"),
    "NAT gateway": (_nat, "NAT gateway", "aws ec2 delete-nat-gateway --nat-gateway-id"),
    "VPN gateway": (_vpn, "VPN gateway", "aws ec2 detach-vpn-gateway --vpn-gateway-id"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_a_stranger_s_thing_is_named_once_with_its_remedy_and_stays(network: Network, what: str) -> None:
    put, type_, remedy = STRANGERS[what]
    id_ = put(network)
    [resource] = others(network.context)

    assert (resource.type, resource.id) == (type_, id_)
    assert remedy in resource.note
    assert resource in find(network.context).left
    assert resource not in removable(find(network.context), lambda _: True)


def test_what_has_the_network_s_own_is_told_as_the_reason(network: Network) -> None:
    _interface(network, EFS)
    failed = remove(network.context, removable(find(network.context), lambda resource: True))

    assert {"subnet", "VPC"} <= {resource.type for resource, _ in failed}
    assert all("what else is in the network is in the list" in reason for _, reason in failed)


def test_without_a_network_there_is_nothing_in_it(lab: LabAws) -> None:
    aws: Aws = lab.as_scripts_see_it()

    assert in_the_way(event_context(aws, "never-was")) == []
