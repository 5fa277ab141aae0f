"""A policy that AWS would never grant, or does not know, is seen."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.organizer.deploy import iam
from tests.iam_data import overlap, problems

ANY = ["*"]


@pytest.mark.parametrize(
    ("actions", "resources", "condition", "said"),
    [
        (["ec2:StopInstance"], ANY, None, "ec2:StopInstance does not exist"),
        (["ec2:Paint*"], ANY, None, "ec2:Paint* stands for no action"),
        (
            ["ec2:DescribeInstances"],
            ["arn:aws:ec2:*:*:instance/*"],
            None,
            "ec2:DescribeInstances takes no resource but *",
        ),
        (
            ["ssm:StartAutomationExecution"],
            ["arn:aws:ssm:us-west-2:*:automation-definition/AWS-StopEC2Instance:*"],
            None,
            "ssm:StartAutomationExecution requires a resource of the type document",
        ),
        (
            ["iam:AttachRolePolicy"],
            ["arn:aws:iam::*:role/a"],
            {"ArnEquals": {"iam:PolicyArns": "arn:aws:iam::*:policy/a"}},
            "iam:AttachRolePolicy has no condition key iam:PolicyArns",
        ),
    ],
)
def test_what_aws_would_not_grant_is_told(actions: list[str], resources: list[str], condition: Any, said: str) -> None:
    assert said in problems(iam.document(iam.statement(actions, resources, condition)))


def test_a_good_statement_has_no_problem() -> None:
    may = iam.statement(
        ["iam:AttachRolePolicy"], ["arn:aws:iam::*:role/a"], {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::*:policy/a"}}
    )

    assert problems(iam.document(may, iam.statement(["ec2:Describe*"], ANY))) == []


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("arn:aws:ssm:*:*:document/AWS-Run*", "arn:*:ssm:*:*:document/*", True),
        ("arn:aws:ssm:*:*:automation-definition/AWS:*", "arn:*:ssm:*:*:document/*", False),
        ("arn:aws:s3:::pophub-*", "arn:*:s3:::*/*", True),
        ("arn:aws:s3:::pophub-*", "arn:*:sns:::*", False),
    ],
)
def test_patterns_meet_part_by_part(one: str, other: str, meet: bool) -> None:
    assert overlap(one, other) is meet
