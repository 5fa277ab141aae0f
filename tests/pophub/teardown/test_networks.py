"""A network goes from the inside out, and takes with it what AWS made for it."""

from __future__ import annotations

from pophub.lab.aws import LabAws
from pophub.naming import EVENT_TAG
from pophub.outside.aws import Aws
from pophub.teardown.leftovers import find, removable, remove
from tests.pophub.teardown.conftest import REGION, Garden, scope_of


def test_what_every_vpc_has_of_its_own_is_no_leftover(lab_aws: LabAws, aws: Aws) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    own = [
        ec2.describe_security_groups(Filters=here)["SecurityGroups"][0]["GroupId"],
        ec2.describe_route_tables(Filters=here)["RouteTables"][0]["RouteTableId"],
    ]
    ec2.create_tags(Resources=[*own, vpc], Tags=[{"Key": EVENT_TAG, "Value": "bare"}])
    scope = scope_of(aws, "bare")

    assert [thing.id for thing in find(scope).left] == [vpc]
    assert remove(scope, find(scope).left) == ()
    assert find(scope).is_clean


def test_a_stranger_s_interface_in_our_network_is_not_removed_and_the_rest_is_told(lab_aws: LabAws, aws: Aws) -> None:
    planted = Garden(lab_aws, "visited", "visited")
    planted.network()
    ec2 = lab_aws.client("ec2", REGION)
    [subnet] = [id_ for kind, id_ in planted.planted if kind == "subnet"]
    stranger = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    scope = scope_of(aws, "visited")
    failed = remove(scope, removable(find(scope), lambda thing: True))

    assert ec2.describe_network_interfaces(NetworkInterfaceIds=[stranger])["NetworkInterfaces"]
    assert {thing.kind for thing, _ in failed} == {thing.kind for thing in find(scope).left}
