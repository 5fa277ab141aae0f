"""GuardDuty's endpoint and group come with a machine, and keep its VPC when the machine is gone."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import INSTITUTION
from tests.lab.aws_rules.conftest import Accounts
from tests.lab.aws_rules.network import make_network


def test_they_stay_and_hold_the_subnet_and_the_vpc(account_of: Accounts) -> None:
    network = make_network(account_of(INSTITUTION))
    ec2, here = network.ec2, [{"Name": "vpc-id", "Values": [network.vpc]}]
    ec2.terminate_instances(InstanceIds=[network.run()])
    ec2.delete_network_interface(NetworkInterfaceId=network.interface)
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=network.subnet)

    [endpoint] = ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
    [interface] = ec2.describe_network_interfaces(Filters=here)["NetworkInterfaces"]
    [group] = [
        each
        for each in ec2.describe_security_groups(Filters=here)["SecurityGroups"]
        if "GuardDuty" in each["GroupName"]
    ]
    assert endpoint["Tags"] == group["Tags"] == [{"Key": "GuardDutyManaged", "Value": "true"}]
    assert (interface["InterfaceType"], interface["Groups"][0]["GroupId"]) == ("vpc_endpoint", group["GroupId"])
    with pytest.raises(ClientError, match="currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])

    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    ec2.delete_subnet(SubnetId=network.subnet)
    for id_ in (group["GroupId"], network.group):
        ec2.delete_security_group(GroupId=id_)
    ec2.detach_internet_gateway(InternetGatewayId=network.gateway, VpcId=network.vpc)
    ec2.delete_vpc(VpcId=network.vpc)
