"""EC2 deletes nothing that something else still uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import ORDINARY
from tests.lab.aws_rules.conftest import Accounts
from tests.lab.aws_rules.network import Network, make_network


@pytest.fixture(scope="module")
def network(account_of: Accounts) -> Iterator[Network]:
    made = make_network(account_of(ORDINARY))
    yield made
    made.take_down()


def test_a_subnet_and_a_group_stay_while_an_interface_is_there(network: Network) -> None:
    with pytest.raises(ClientError, match=rf"DependencyViolation.*The subnet '{network.subnet}' has dependencies"):
        network.ec2.delete_subnet(SubnetId=network.subnet)
    with pytest.raises(ClientError, match=rf"DependencyViolation.*{network.group} has a dependent object"):
        network.ec2.delete_security_group(GroupId=network.group)


def test_a_group_stays_while_another_one_s_rule_names_it(network: Network) -> None:
    ec2 = network.ec2
    named = ec2.create_security_group(GroupName="named", Description="named", VpcId=network.vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": named}]}
    ec2.authorize_security_group_ingress(GroupId=network.group, IpPermissions=[rule])
    with pytest.raises(ClientError, match="has a dependent object"):
        ec2.delete_security_group(GroupId=named)
    ec2.revoke_security_group_ingress(GroupId=network.group, IpPermissions=[rule])

    ec2.delete_security_group(GroupId=named)


def test_a_vpc_stays_while_anything_is_in_it(network: Network) -> None:
    with pytest.raises(ClientError, match=rf"DependencyViolation.*The vpc '{network.vpc}' has dependencies"):
        network.ec2.delete_vpc(VpcId=network.vpc)


def test_an_interface_stays_while_it_is_attached(network: Network) -> None:
    instance = network.run()
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*currently in use"):
        network.ec2.delete_network_interface(NetworkInterfaceId=network.interface)

    network.ec2.terminate_instances(InstanceIds=[instance])


def test_a_gateway_and_an_address_stay_while_the_address_is_in_use(network: Network) -> None:
    ec2 = network.ec2
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    use = ec2.associate_address(AllocationId=address, NetworkInterfaceId=network.interface)["AssociationId"]
    with pytest.raises(ClientError, match=r"DependencyViolation.*mapped public address"):
        ec2.detach_internet_gateway(InternetGatewayId=network.gateway, VpcId=network.vpc)
    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        ec2.release_address(AllocationId=address)
    ec2.disassociate_address(AssociationId=use)

    ec2.release_address(AllocationId=address)
