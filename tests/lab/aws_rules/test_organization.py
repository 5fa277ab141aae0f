"""What an organization denies, and a region that is not switched on."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import INSTITUTION, ORDINARY
from lab.aws import ACCOUNT_ID
from pophub.organizer.deploy import iam
from tests.lab.aws_rules.conftest import Accounts

STRICT = dataclasses.replace(
    ORDINARY,
    name="strict",
    denied=("ec2:CreateVpc", "budgets:Modify*", "iam:CreateUser", "s3:CreateBucket"),
    closed_regions=("eu-south-1",),
)
BUDGET = {
    "BudgetName": "a",
    "BudgetType": "COST",
    "TimeUnit": "ANNUALLY",
    "BudgetLimit": {"Amount": "1", "Unit": "USD"},
}
ROLE = {"RoleName": "made", "AssumeRolePolicyDocument": iam.trust("ec2.amazonaws.com")}


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/24"}, "UnauthorizedOperation"),
        ("budgets", "create_budget", {"AccountId": ACCOUNT_ID, "Budget": BUDGET}, "AccessDeniedException"),
        ("iam", "create_user", {"UserName": "a"}, "AccessDenied"),
        ("s3", "create_bucket", {"Bucket": "strict"}, "AccessDenied"),
    ],
)
def test_what_the_organization_denies_is_told_as_its_denial(
    account_of: Accounts, service: str, call: str, arguments: dict[str, Any], code: str
) -> None:
    region = "us-east-1" if service == "s3" else "us-west-2"
    with pytest.raises(ClientError) as refused:
        getattr(account_of(STRICT).client(service, region), call)(**arguments)

    assert refused.value.response["Error"]["Code"] == code
    assert "with an explicit deny in a service control policy" in refused.value.response["Error"]["Message"]


def test_all_else_is_done(account_of: Accounts) -> None:
    assert account_of(STRICT).client("ec2", "us-west-2").describe_vpcs()["Vpcs"]


@pytest.mark.parametrize(
    ("service", "call", "code", "status"),
    [
        ("ec2", "describe_vpcs", "AuthFailure", 401),
        ("ssm", "describe_parameters", "UnrecognizedClientException", 400),
        ("sns", "list_topics", "InvalidClientTokenId", 403),
    ],
)
def test_a_region_that_is_not_switched_on_knows_nobody(
    account_of: Accounts, service: str, call: str, code: str, status: int
) -> None:
    with pytest.raises(ClientError, match=code) as refused:
        getattr(account_of(STRICT).client(service, "eu-south-1"), call)()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_an_institution_s_roles_carry_its_boundary(account_of: Accounts) -> None:
    client = account_of(INSTITUTION).client("iam", "us-east-1")
    with pytest.raises(ClientError, match=r"AccessDenied.*iam:CreateRole.*role/made because no identity-based policy"):
        client.create_role(**ROLE)
    boundary = f"arn:aws:iam::{ACCOUNT_ID}:policy/institution-boundary"
    client.create_role(**ROLE, PermissionsBoundary=boundary)

    assert client.get_policy(PolicyArn=boundary)["Policy"]["Arn"] == boundary
