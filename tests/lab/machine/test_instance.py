"""What a deployed instance's machine is told, read back from EC2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.aws import LabAws
from lab.machine.instance import Instance
from pophub.organizer.event.event import Event

REGION = "us-west-2"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LabAws]:
    with LabAws(tmp_path) as aws:
        yield aws


def test_user_data_tags_and_role_are_those_of_the_deployment(aws: LabAws) -> None:
    iam, ec2 = aws.client("iam", REGION), aws.client("ec2", REGION)
    iam.create_role(RoleName="hub-role", AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName="hub-profile")
    iam.add_role_to_instance_profile(InstanceProfileName="hub-profile", RoleName="hub-role")
    tags = {"Name": "pophub-geoweek", "pophub:event": "geoweek"}
    made = ec2.run_instances(
        ImageId="ami-0deb1a13000000001",
        MinCount=1,
        MaxCount=1,
        UserData="#cloud-config\n",
        IamInstanceProfile={"Name": "hub-profile"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        ],
    )["Instances"][0]["InstanceId"]
    assert Instance.described(aws, REGION, made) == Instance(made, "#cloud-config\n", tags, "hub-role")


def test_without_a_deployment_it_is_what_the_stack_would_make(hackweek: Event) -> None:
    instance = Instance.of(hackweek)
    assert instance.tags["pophub:event"] == "hackweek"
    assert instance.user_data.startswith("#cloud-config\n")
