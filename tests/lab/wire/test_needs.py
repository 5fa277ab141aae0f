"""What a role's call needs leave for."""

from __future__ import annotations

from typing import Any

import pytest

from lab.policies import Need
from lab.wire.needs import needs_of
from tests.lab.wire.reading import read

ACCOUNT = "123456789012"
HERE = f"us-west-2:{ACCOUNT}"
NO_START = f"arn:aws:iam::{ACCOUNT}:policy/no-start"


@pytest.mark.parametrize(
    ("service", "call", "arguments", "needs"),
    [
        (
            "ec2",
            "start_instances",
            {"InstanceIds": ["i-1", "i-2"]},
            [Need("ec2:StartInstances", f"arn:aws:ec2:{HERE}:instance/{each}") for each in ("i-1", "i-2")],
        ),
        ("ec2", "describe_vpcs", {}, [Need("ec2:DescribeVpcs", "*")]),
        (
            "autoscaling",
            "set_desired_capacity",
            {"AutoScalingGroupName": "never-made", "DesiredCapacity": 1},
            [
                Need(
                    "autoscaling:SetDesiredCapacity",
                    f"arn:aws:autoscaling:{HERE}:autoScalingGroup:none:autoScalingGroupName/none",
                )
            ],
        ),
        (
            "ssm",
            "start_automation_execution",
            {"DocumentName": "AWS-StopEC2Instance"},
            [
                Need("ssm:StartAutomationExecution", "arn:aws:ssm:us-west-2::document/AWS-StopEC2Instance"),
                Need(
                    "ssm:StartAutomationExecution",
                    f"arn:aws:ssm:{HERE}:automation-execution/00000000-0000-4000-8000-000000000000",
                ),
            ],
        ),
        ("ssm", "get_parameter", {"Name": "/a/b"}, [Need("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/a/b")]),
        (
            "iam",
            "attach_role_policy",
            {"RoleName": "a", "PolicyArn": NO_START},
            [Need("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/a", {"iam:PolicyARN": NO_START})],
        ),
        (
            "s3",
            "list_objects_v2",
            {"Bucket": "bucket", "Prefix": "a/"},
            [Need("s3:ListBucket", "arn:aws:s3:::bucket", {"s3:prefix": "a/"})],
        ),
        (
            "s3",
            "put_object",
            {"Bucket": "bucket", "Key": "a/b", "Tagging": "c=d"},
            [Need("s3:PutObject", "arn:aws:s3:::bucket/a/b"), Need("s3:PutObjectTagging", "arn:aws:s3:::bucket/a/b")],
        ),
    ],
)
def test_a_call_needs_its_action_on_each_resource(
    service: str, call: str, arguments: dict[str, Any], needs: list[Need]
) -> None:
    assert needs_of(read(service, call, arguments), ACCOUNT) == needs
