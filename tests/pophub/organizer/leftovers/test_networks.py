"""A network goes from the inside out, and takes with it what AWS made for it."""

from __future__ import annotations

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG
from pophub.organizer.leftovers.leftovers import find, remove
from tests.pophub.planted import REGION, event_context


def test_what_every_vpc_has_of_its_own_is_no_leftover(lab_aws: LabAws, aws: Aws) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    own = [
        ec2.describe_security_groups(Filters=here)["SecurityGroups"][0]["GroupId"],
        ec2.describe_route_tables(Filters=here)["RouteTables"][0]["RouteTableId"],
    ]
    ec2.create_tags(Resources=[*own, vpc], Tags=[{"Key": EVENT_TAG, "Value": "bare"}])
    context = event_context(aws, "bare")

    assert [resource.id for resource in find(context).left] == [vpc]
    assert remove(context, find(context).left) == ()
    assert find(context).is_clean
