"""A role as a stack makes one."""

from __future__ import annotations

from typing import Any

from lab.aws import ACCOUNT_ID, LabAws
from pophub.organizer.deploy import iam


def make_role(aws: LabAws, name: str, *statements: dict[str, Any], service: str = "scheduler.amazonaws.com") -> str:
    """Its ARN."""
    client = aws.client("iam", "us-east-1")
    client.create_role(RoleName=name, AssumeRolePolicyDocument=iam.trust(service))
    client.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=iam.document(*statements))
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
