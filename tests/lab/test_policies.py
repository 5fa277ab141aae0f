"""IAM's decision from policies: denial first, wildcards, conditions, boundaries; what is unknown lets nobody through."""

from __future__ import annotations

from typing import Any

import pytest

from lab.policies import Grants, Need
from pophub.organizer.deploy import iam

MACHINE = "arn:aws:ec2:us-west-2:123456789012:instance/i-1"
START = Need("ec2:StartInstances", MACHINE)
ROLE = Need("iam:AttachRolePolicy", "arn:aws:iam::1:role/a", {"iam:PolicyARN": "arn:aws:iam::1:policy/no-start"})


def grants(*statements: dict[str, Any], boundary: str | None = None) -> Grants:
    return Grants((iam.document(*statements),), boundary)


def allow(**changes: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": MACHINE} | changes
    return {key: value for key, value in statement.items() if value is not None}


@pytest.mark.parametrize(
    "statement",
    [
        allow(),
        allow(Action="*"),
        allow(Action=["ec2:st*"]),
        allow(Action=None, NotAction="iam:*"),
        allow(Resource="arn:aws:ec2:*:*:instance/*"),
        allow(Resource=None, NotResource="arn:aws:ec2:*:*:volume/*"),
    ],
)
def test_a_statement_that_names_it_allows_it(statement: dict[str, Any]) -> None:
    assert grants(statement).allow(START)


@pytest.mark.parametrize(
    "statement",
    [
        allow(Action="ec2:StopInstances"),
        allow(Action=None, NotAction="ec2:*"),
        allow(Resource=f"{MACHINE}0"),
        allow(Resource="arn:aws:ec2:us-west-2:123456789012:instance/i-[0-9]"),
        allow(Resource=None, NotResource="arn:aws:ec2:*:*:instance/*"),
        allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        allow(Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
    ],
)
def test_one_that_does_not_allows_nothing(statement: dict[str, Any]) -> None:
    assert not grants(statement).allow(START)


def test_a_denial_wins_wherever_it_stands() -> None:
    attached = iam.document(iam.denial(["ec2:StartInstances"], [MACHINE]))

    assert not Grants((iam.document(allow()), attached)).allow(START)
    assert not Grants((iam.document(allow()),), boundary=attached).allow(START)


def test_a_denial_under_an_unknown_condition_denies() -> None:
    denial = iam.denial(["ec2:*"], ["*"]) | {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1/32"}}}

    assert not grants(allow(), denial).allow(START)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::*:policy/no-start"}}, True),
        ({"ArnLike": {"iam:policyarn": "arn:aws:iam::1:policy/no-*"}}, True),
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam*no-start"}}, False),
        ({"StringEquals": {"iam:PolicyARN": ["x", "arn:aws:iam::1:policy/no-start"]}}, True),
        ({"StringEquals": {"iam:PolicyARN": "arn:aws:iam::1:policy/*"}}, False),
        ({"StringLike": {"iam:PolicyARN": "*/no-start"}}, True),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, False),
    ],
)
def test_conditions_are_compared_as_their_operators_say(condition: dict[str, Any], holds: bool) -> None:
    may = allow(Action="iam:AttachRolePolicy", Resource="*", Condition=condition)

    assert grants(may).allow(ROLE) is holds


def test_a_boundary_allows_nothing_by_itself_and_bounds_what_is_allowed() -> None:
    everything = iam.document(allow(Action="*", Resource="*"))
    reading = iam.document(allow(Action="s3:*", Resource="*"))

    assert Grants((everything,), boundary=everything).allow(START)
    assert not Grants((everything,), boundary=reading).allow(START)
    assert not Grants((), boundary=everything).allow(START)
