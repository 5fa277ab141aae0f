"""A machine on a broken host is moved, and somebody is told."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_a_failing_host_has_the_machine_recovered_and_told(stack: Stack) -> None:
    alarm = stack.only("aws_cloudwatch_metric_alarm")

    assert alarm["metric_name"] == "StatusCheckFailed_System"
    assert alarm["dimensions"] == {"InstanceId": stack.reference("hub/instance", "id")}
    assert alarm["alarm_actions"] == ["arn:aws:automate:us-west-2:ec2:recover", stack.reference("alarms/topic", "arn")]


def test_a_stopped_hub_is_no_alarm(stack: Stack) -> None:
    assert stack.only("aws_cloudwatch_metric_alarm")["treat_missing_data"] == "notBreaching"


def test_only_budgets_and_alarms_of_this_account_publish(stack: Stack) -> None:
    [publish] = stack.policy("alarms/publishers")

    assert publish["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    assert publish["Action"] == ["sns:Publish"]
    assert publish["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${data.aws_caller_identity.caller.account_id}"}
    }


def test_another_region_recovers_in_that_region(other: Stack) -> None:
    actions = other.only("aws_cloudwatch_metric_alarm")["alarm_actions"]

    assert actions[0] == "arn:aws:automate:eu-central-1:ec2:recover"
