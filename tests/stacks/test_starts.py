"""A start that failed is heard, and an ordinary stop is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def pattern(stack: Stack) -> dict[str, Any]:
    """What is heard of the alarm."""
    return dict(json.loads(stack.only("aws_cloudwatch_event_rule")["event_pattern"]))


def test_a_refused_start_or_stop_is_mailed(stack: Stack) -> None:
    alarm = stack.at("starts/refused")

    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Scheduler", "TargetErrorCount")
    assert alarm["dimensions"] == {"ScheduleGroup": stack.only("aws_scheduler_schedule_group")["name"]}
    assert alarm["alarm_actions"] == [stack.reference("alarms/topic", "arn")]
    assert alarm["treat_missing_data"] == "notBreaching"


def test_a_machine_that_reports_no_status_is_in_alarm_and_nothing_is_sent_for_that_alone(stack: Stack) -> None:
    alarm = stack.at("starts/not_running")

    assert (alarm["metric_name"], alarm["statistic"]) == ("StatusCheckFailed", "SampleCount")
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 1)
    assert alarm["treat_missing_data"] == "breaching"
    assert not {"alarm_actions", "ok_actions", "insufficient_data_actions"} & alarm.keys()


def test_each_start_is_looked_after_ten_minutes_later(stack: Stack, other: Stack) -> None:
    for each in (stack, other):
        [reason] = pattern(each)["detail"]["previousState"]["reason"]
        looks = [it for it in each.all("aws_scheduler_schedule") if it["name"].startswith("look-")]

        assert looks
        for look in looks:
            assert look["target"]["arn"] == "arn:aws:scheduler:::aws-sdk:cloudwatch:setAlarmState"
            assert json.loads(look["target"]["input"]) == {
                "AlarmName": each.reference("starts/not_running", "alarm_name"),
                "StateValue": "INSUFFICIENT_DATA",
                "StateReason": reason,
            }


def test_what_follows_a_look_is_mailed_if_the_machine_does_not_run(stack: Stack) -> None:
    heard, target = pattern(stack), stack.only("aws_cloudwatch_event_target")

    assert heard["resources"] == [stack.reference("starts/not_running", "arn")]
    assert heard["detail"]["state"] == {"value": ["ALARM"]}
    assert heard["detail"]["previousState"]["value"] == ["INSUFFICIENT_DATA"]
    assert target["arn"] == stack.reference("alarms/topic", "arn")


def test_the_mail_says_what_happened_and_what_to_do(stack: Stack) -> None:
    transformer = stack.only("aws_cloudwatch_event_target")["input_transformer"]
    text = json.loads(transformer["input_template"])

    assert transformer["input_paths"] == {"at": "$.time"}
    assert "geo-hackweek does not run, at <at>" in text
    assert "pophub start geo-hackweek" in text
