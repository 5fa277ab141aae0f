"""At the budget's end AWS stops the hub, and keeps the schedule from starting it until there is another limit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth
STARTERS = ("schedule/role", "off_page/role")


def definition(stack: Stack, action: str, kind: str) -> dict[str, Any]:
    """What an action does, where it does it at 100 % of what was spent, without confirmations."""
    found = stack.at(f"budget_actions/{action}")
    threshold = {"action_threshold_type": "PERCENTAGE", "action_threshold_value": 100}
    assert (found["action_type"], found["action_threshold"]) == (kind, threshold)
    assert (found["approval_model"], found["notification_type"]) == ("AUTOMATIC", "ACTUAL")
    return dict(found["definition"])


def test_the_hub_is_stopped(stack: Stack) -> None:
    assert definition(stack, "stop", "RUN_SSM_DOCUMENTS")["ssm_action_definition"] == {
        "action_sub_type": "STOP_EC2_INSTANCES",
        "instance_ids": [stack.reference("hub/instance", "id")],
        "region": "us-west-2",
    }


def test_neither_the_schedule_nor_the_off_page_may_start_it_again(stack: Stack) -> None:
    assert definition(stack, "keep_stopped", "APPLY_IAM_POLICY")["iam_action_definition"] == {
        "policy_arn": stack.reference("schedule/no_start", "arn"),
        "roles": [stack.reference(role, "name") for role in STARTERS],
    }
    assert stack.policy("schedule/no_start") == [
        {
            "Effect": "Deny",
            "Action": ["ec2:StartInstances"],
            "Resource": [stack.reference("hub/instance", "arn")],
        }
    ]


def test_the_policy_that_is_attached_does_not_stand_in_the_way_of_a_destroy(stack: Stack) -> None:
    for role in map(stack.at, STARTERS):
        assert role["force_detach_policies"] is True
        assert role["depends_on"] == [stack.addresses["schedule/no_start"]]


def test_another_limit_makes_anew_what_is_done_once_and_what_stays_attached(stack: Stack) -> None:
    limit = f"{stack.addresses['budget/budget']}.limit_amount"
    anew = {
        path for path in stack.addresses if stack.at(path).get("lifecycle", {}).get("replace_triggered_by") == [limit]
    }

    assert anew == {"schedule/role", "budget_actions/stop", "budget_actions/keep_stopped"}
    # a function does not outlive its role of the same name, so the name changes with the limit
    assert stack.at("off_page/role")["name"].endswith("-400")


def test_budgets_may_do_these_two_things_to_this_hub_and_nothing_else(stack: Stack) -> None:
    statements = stack.policy("budget_actions/permissions")
    policy = {"ArnEquals": {"iam:PolicyARN": stack.reference("schedule/no_start", "arn")}}

    assert [(each["Action"], each["Resource"], each.get("Condition")) for each in statements] == [
        (["ec2:StopInstances"], [stack.reference("hub/instance", "arn")], None),
        (["ec2:DescribeInstanceStatus"], ["*"], None),
        (
            ["ssm:StartAutomationExecution"],
            [
                "arn:aws:ssm:us-west-2:*:document/AWS-StopEC2Instance",
                "arn:aws:ssm:us-west-2:${data.aws_caller_identity.caller.account_id}:automation-execution/*",
                "arn:aws:ssm:us-west-2:*:automation-definition/AWS-StopEC2Instance:*",
            ],
            None,
        ),
        (["iam:AttachRolePolicy", "iam:DetachRolePolicy"], [stack.reference(role, "arn") for role in STARTERS], policy),
    ]


def test_only_budgets_of_this_account_take_the_role_on(stack: Stack) -> None:
    [trust] = stack.policy("budget_actions/role", "assume_role_policy")

    assert trust["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert "aws:SourceAccount" in trust["Condition"]["StringEquals"]
