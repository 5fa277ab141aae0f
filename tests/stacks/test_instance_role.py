"""What the machine may do in AWS, since strangers' code runs on it."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.core.contract import ARCHIVE
from tests.stacks.conftest import BOUNDARY
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth

BUCKET = "arn:aws:s3:::pophub-${data.aws_caller_identity.caller.account_id}"
ACCOUNT = "${data.aws_caller_identity.caller.account_id}"
ON_EVERYTHING = {"ssm", "ssmmessages", "ec2messages"}


@pytest.fixture(scope="module")
def statements(stack: Stack) -> list[dict[str, Any]]:
    return stack.policy("role/permissions")


def resources_of(statements: list[dict[str, Any]], action: str) -> list[str]:
    return [resource for each in statements if action in each["Action"] for resource in each["Resource"]]


def test_it_reads_its_own_event_s_parameters_only(statements: list[dict[str, Any]]) -> None:
    own = f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/pophub/geo-hackweek/*"

    assert resources_of(statements, "ssm:GetParameter") == [own]


def test_it_reads_its_own_event_s_part_of_the_bucket_only(statements: list[dict[str, Any]]) -> None:
    own = [f"{BUCKET}/{prefix}/geo-hackweek/*" for prefix in ("bundles", "certificates", "reports", "archive")]

    assert resources_of(statements, "s3:GetObject") == own


def test_it_writes_what_it_makes_and_not_its_own_bundle(statements: list[dict[str, Any]]) -> None:
    own = [f"{BUCKET}/{prefix}/geo-hackweek/*" for prefix in ("certificates", "reports", "archive")]

    assert resources_of(statements, "s3:PutObject") == own


@pytest.mark.parametrize("action", ["s3:AbortMultipartUpload", "s3:PutObjectTagging"])
def test_it_sends_its_own_event_s_archive_in_parts_and_says_how_long_to_keep_it(
    statements: list[dict[str, Any]], action: str
) -> None:
    assert resources_of(statements, action) == [f"{BUCKET}/{ARCHIVE}/geo-hackweek/*"]


def test_it_lists_its_own_event_s_part_of_the_bucket_only(statements: list[dict[str, Any]]) -> None:
    [listing] = [each for each in statements if "s3:ListBucket" in each["Action"]]

    assert listing["Resource"] == [BUCKET]
    assert all(prefix.endswith("/geo-hackweek/*") for prefix in listing["Condition"]["StringLike"]["s3:prefix"])


def test_it_can_do_these_things_and_no_others(statements: list[dict[str, Any]]) -> None:
    actions = {action for each in statements for action in each["Action"]}
    services = {action.partition(":")[0] for action in actions}

    assert {action for action in actions if action.startswith("s3:")} == {
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        "s3:AbortMultipartUpload",
        "s3:PutObjectTagging",
    }
    assert services == {"s3", "ssm", "ssmmessages", "ec2messages"}
    assert not any("*" in action for action in actions)
    assert {each["Effect"] for each in statements} == {"Allow"}


def test_it_has_no_right_on_machines_not_even_on_itself(statements: list[dict[str, Any]]) -> None:
    assert not any(action.startswith("ec2:") for each in statements for action in each["Action"])


def test_only_the_session_manager_s_statement_is_not_narrowed(statements: list[dict[str, Any]]) -> None:
    [wide] = [each for each in statements if "*" in each["Resource"]]

    assert {action.partition(":")[0] for action in wide["Action"]} == ON_EVERYTHING
    assert [action for action in wide["Action"] if action.startswith("ssm:")] == ["ssm:UpdateInstanceInformation"]


def test_only_a_machine_can_take_the_role_on(stack: Stack) -> None:
    [trust] = stack.policy("role/role", "assume_role_policy")

    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert stack.only("aws_instance")["iam_instance_profile"] == stack.reference("role/profile", "name")


def test_no_policy_is_added_from_elsewhere(stack: Stack) -> None:
    role = stack.reference("role/role", "id")
    policies = [each for each in stack.all("aws_iam_role_policy") if each["role"] == role]

    assert len(policies) == 1
    assert {kind for kind in stack.document["resource"] if kind.startswith("aws_iam")} == {
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_instance_profile",
        # attached by nobody here; Budgets attaches it to the roles that start the hub
        "aws_iam_policy",
    }
    assert [each["Effect"] for each in stack.policy("schedule/no_start")] == ["Deny"]


def test_another_region_s_event_reads_parameters_of_that_region(other: Stack) -> None:
    own = f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/pophub/winter-school/*"

    assert resources_of(other.policy("role/permissions"), "ssm:GetParameter") == [own]


def test_every_role_has_the_boundary_that_the_account_demands(stack: Stack, named_bucket: Synthesis) -> None:
    roles = named_bucket.stacks["geo-hackweek"].all("aws_iam_role")

    assert len(roles) == 4
    assert {role["permissions_boundary"] for role in roles} == {BOUNDARY}
    assert not any("permissions_boundary" in role for role in stack.all("aws_iam_role"))
