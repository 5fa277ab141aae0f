"""AWS's sentences about missing rights: who, what, on what, by which policy, and who can change it."""

from __future__ import annotations

import pytest

from pophub.aws.refusals.denied import denial_in

WHO = "User: arn:aws:sts::123456789012:assumed-role/Dev/ada is not authorized to perform: "
ROLE = "arn:aws:iam::123456789012:role/pophub-geo"


@pytest.mark.parametrize(
    ("why", "by_policy", "step"),
    [
        (
            "because no identity-based policy allows the iam:CreateRole action",
            "the policy of these",
            "organizer-policy",
        ),
        (
            "with an explicit deny in a service control policy",
            "service control policy of your organization forbids",
            "org",
        ),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1",
            "(arn:aws:organizations::1:policy/o-1/service_control_policy/p-1) forbids it",
            "administrators of the AWS organization",
        ),
        ("because no service control policy allows the x:Y action", "does not allow it", "administrators"),
        (
            "because no permissions boundary allows the x:Y action",
            "permissions boundary of these credentials",
            "boundary",
        ),
        (
            "with an explicit deny in a permissions boundary",
            "boundary of these credentials forbids it",
            "run your AWS account",
        ),
        ("because no session policy allows the x:Y action", "session policy", "permission set"),
        ("because no VPC endpoint policy allows the x:Y action", "VPC endpoint", "network"),
        ("because no resource-based policy allows the x:Y action", "the resource itself", "owner"),
        ("with an explicit deny in a resource control policy", "resource control policy", "administrators"),
        (
            "with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            "service control policy of your organization forbids",
            "administrators of the AWS organization",
        ),
        ("with an explicit deny in a sessions policy", "session policy", "permission set"),
        ("with an explicit deny in the role trust policy", "trust policy of the role", "name you"),
        ("because no role trust policy allows the sts:AssumeRole action", "trust policy of the role", "name you"),
        ("with an explicit deny in an identity-based policy", "these credentials forbids it", "administrator"),
        ("with an explicit deny", "a policy forbids it, and AWS does not say which", "administrators can change"),
        ("", "AWS does not say which policy", "docs/organizer-policy.json"),
    ],
)
def test_each_kind_of_policy_is_named_with_who_can_change_it(why: str, by_policy: str, step: str) -> None:
    denial = denial_in(f"{WHO}iam:CreateRole on resource: {ROLE} {why}", "iam CreateRole")

    assert (denial["action"], denial["on_what"], denial["who"]) == (
        "iam:CreateRole",
        f" on {ROLE}",
        " to assumed-role/Dev/ada",
    )
    assert by_policy in denial["by_policy"]
    assert step in denial["whom_to_ask"]


def test_without_a_sentence_the_call_is_named() -> None:
    denial = denial_in("Access Denied", "s3 PutObject")

    assert (denial["action"], denial["on_what"], denial["who"]) == ("s3 PutObject", "", "")
    assert denial_in("no", "")["action"] == "the call"


def test_an_encoded_message_can_be_decoded() -> None:
    message = (
        f"{WHO}ec2:RunInstances on resource: arn:aws:ec2:us-west-2:1:instance/* with an explicit deny in a service "
    )
    denial = denial_in(f"{message}control policy. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q", "")

    assert denial["on_what"] == " on arn:aws:ec2:us-west-2:1:instance/*"
    assert "aws sts decode-authorization-message --encoded-message" in denial["whom_to_ask"]
    assert "4GIOHlTkIaWHQD0Q" not in "".join(denial.values())


def test_billing_and_roles_have_a_second_reason() -> None:
    billing = denial_in(f"{WHO}budgets:ModifyBudget on resource: arn:aws:budgets::1:budget/x", "")
    role = denial_in(f"{WHO}iam:CreateRole on resource: {ROLE}", "")
    other = denial_in(f"{WHO}ec2:CreateVpc", "")

    assert "IAM access" in billing["whom_to_ask"]
    assert "permissions_boundary" in role["whom_to_ask"]
    assert "IAM access" not in other["whom_to_ask"]
    assert "permissions_boundary" not in other["whom_to_ask"]
