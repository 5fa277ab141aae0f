"""Who hears of alerts, and the machine on a broken host that is moved."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_a_failing_host_has_the_machine_recovered_if_it_can_be_and_somebody_told(stack: Stack) -> None:
    alarm = stack.at("alarms/recovery")
    [(name, machine)] = stack.document["data"]["aws_ec2_instance_type"].items()

    assert alarm["metric_name"] == "StatusCheckFailed_System"
    assert alarm["dimensions"] == {"InstanceId": stack.reference("hub/instance", "id")}
    assert machine["instance_type"] == stack.only("aws_instance")["instance_type"]
    assert alarm["alarm_actions"] == (
        f"${{concat(data.aws_ec2_instance_type.{name}.auto_recovery_supported ? "
        '["arn:aws:automate:us-west-2:ec2:recover"] : [], '
        f"[{stack.addresses['alarms/topic']}.arn])}}"
    )


def test_a_stopped_hub_is_no_alarm(stack: Stack) -> None:
    assert stack.at("alarms/recovery")["treat_missing_data"] == "notBreaching"


def test_only_aws_s_own_services_publish_and_of_this_account_where_it_can_be_said(stack: Stack) -> None:
    counted, events = stack.policy("alarms/publishers")

    assert counted["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    assert counted["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${data.aws_caller_identity.caller.account_id}"}
    }
    assert events["Principal"] == {"Service": "events.amazonaws.com"}
    assert {tuple(each["Action"]) for each in (counted, events)} == {("sns:Publish",)}


def test_every_contact_is_asked_to_hear_of_alerts(stack: Stack, other: Stack) -> None:
    mail = stack.only("aws_sns_topic_subscription")

    assert (mail["protocol"], mail["endpoint"]) == ("email", "organizers@geohackweek.example.org")
    assert mail["topic_arn"] == stack.reference("alarms/topic", "arn")
    assert "aws_sns_topic_subscription" not in other.document["resource"]


def test_another_region_recovers_in_that_region(other: Stack) -> None:
    assert '["arn:aws:automate:eu-central-1:ec2:recover"]' in other.at("alarms/recovery")["alarm_actions"]
