"""Rights, as IAM's simulator tells them for each kind of caller and of account."""

from __future__ import annotations

import pytest

from lab.account_kinds import INSTITUTION, ORDINARY, AccountKind
from pophub.aws.client import AwsRefusal
from pophub.organizer.doctor import rights
from pophub.organizer.doctor.finding import Colour, Verdict, green, red
from pophub.organizer.doctor.rights import Right
from tests.pophub.organizer.doctor.conftest import MakeCase

DENIED = frozenset({"aws:requesttag/team"})


@pytest.mark.parametrize(
    ("asked", "colour", "words"),
    [
        ([Right("ec2:RunInstances", True, True)], Colour.GREEN, "all 1 rights"),
        ([Right("ec2:RunInstances", True, False)], Colour.RED, "1 right of 1 missing: ec2:RunInstances"),
        ([Right(f"ec2:A{n}", True, False) for n in range(9)], Colour.RED, "and 3 more"),
        ([Right("ec2:RunInstances", True, False, DENIED)], Colour.YELLOW, "for certain"),
        ([Right("pricing:GetProducts", False, False)], Colour.YELLOW, "commands need: pricing:GetProducts"),
        (
            [Right("iam:CreateRole", True, False, frozenset({"iam:permissionsboundary"}))],
            Colour.RED,
            "only with a permissions boundary",
        ),
    ],
)
def test_what_is_denied(asked: list[Right], colour: Colour, words: str) -> None:
    verdict = rights.judge_rights(asked)

    assert verdict.colour is colour
    assert words in verdict.answer


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("arn:aws:iam::123456789012:user/staff/ada", "arn:aws:iam::123456789012:user/staff/ada"),
        ("arn:aws:sts::123456789012:assumed-role/Admin/ada@uni.example", "arn:aws:iam::123456789012:role/Admin"),
        ("arn:aws:sts::123456789012:federated-user/ada", None),
        ("arn:aws:iam::123456789012:root", None),
    ],
)
def test_whose_policies_apply(arn: str, found: str | None) -> None:
    assert rights.principal(arn) == found


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        ("*", ["*"]),
        ("arn:aws:iam::*:role/pophub-*", ["arn:aws:iam::1:role/pophub-geo"]),
        ("arn:aws:scheduler:*:*:schedule/pophub-*/*", ["arn:aws:scheduler:r:1:schedule/pophub-geo/geo"]),
        ("arn:aws:s3:::pophub-*", ["arn:aws:s3:::pophub-geo", "arn:aws:s3:::pophub-geo/archive"]),
    ],
)
def test_a_resource_that_is_not_there_yet_has_a_name_like_one(pattern: str, made: list[str]) -> None:
    assert rights.resources(pattern, account="1", region="r", event="geo") == made


@pytest.mark.parametrize(
    ("kind", "colour", "words"),
    [
        (ORDINARY, Colour.GREEN, "all "),
        (INSTITUTION, Colour.RED, "permissions boundary"),
        (AccountKind(name="no roles", denied=("iam:Create*",)), Colour.RED, "iam:CreateRole"),
    ],
)
def test_each_kind_of_account_has_its_rules(make_case: MakeCase, kind: AccountKind, colour: Colour, words: str) -> None:
    verdict = rights.rights(make_case(kind))

    assert verdict.colour is colour
    assert words in verdict.answer


@pytest.mark.parametrize(
    ("call", "code", "message", "right"),
    [
        ("ec2 describe_vpcs", "UnauthorizedOperation", "You are not authorized", "ec2:DescribeVpcs"),
        (
            "route53 list_hosted_zones_by_name",
            "AccessDenied",
            "User: arn:aws:iam::1:user/ada is not authorized to perform: route53:ListHostedZonesByName",
            "route53:ListHostedZonesByName",
        ),
        ("ec2 describe_regions", "UnauthorizedOperation", "You are not authorized", ""),
        ("freetier get_account_plan_state", "AccessDeniedException", "no", ""),
        ("ec2 describe_vpcs", "RequestLimitExceeded", "slow down", ""),
    ],
)
def test_a_denial_counts_if_a_deploy_needs_the_right(call: str, code: str, message: str, right: str) -> None:
    assert rights.denied_right(AwsRefusal(call, code, message)) == right


@pytest.mark.parametrize("simulated", [None, green("all rights"), red("1 right missing: iam:CreateRole", "ask")])
def test_a_denial_overrides_what_was_simulated(simulated: Verdict | None) -> None:
    verdict = rights.judge_denied(["ec2:DescribeVpcs"], simulated)

    assert (verdict.colour, "AWS denies what a deploy needs: ec2:DescribeVpcs" in verdict.answer) == (Colour.RED, True)
    assert ("iam:CreateRole" in verdict.answer) is (simulated is not None and simulated.colour is Colour.RED)


def test_who_may_not_simulate_is_unknown_with_words(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case()
    monkeypatch.setattr(
        "pophub.organizer.doctor.account.identity",
        lambda case: {"Account": "1", "Arn": "arn:aws:iam::123456789012:user/gone"},
    )

    verdict = rights.rights(case)

    assert (
        verdict.colour,
        "(iam simulate_principal_policy: NoSuchEntity" in verdict.answer,
        "aws sts get-caller-identity" in verdict.next_step,
    ) == (Colour.UNKNOWN, True, True)
