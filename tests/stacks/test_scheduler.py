"""EventBridge does what the calendar says, in the event's own time zone, and may do nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pophub.organizer.event.event import Event
from pophub.organizer.plan.schedule import schedule, start_checks, still_to_come
from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth

OPERATIONS = {"start": "ec2:startInstances", "stop": "ec2:stopInstances", "look": "cloudwatch:setAlarmState"}


def test_the_schedules_are_those_of_the_calendar(stack: Stack, event: Event, other: Stack, other_event: Event) -> None:
    for each, about in ((stack, event), (other, other_event)):
        found = {
            (
                one["name"],
                one["target"]["arn"].partition(":aws-sdk:")[2],
                one["schedule_expression"],
                one["schedule_expression_timezone"],
                one["description"],
            )
            for one in each.all("aws_scheduler_schedule")
        }

        assert found == {
            (rule.id, OPERATIONS[rule.action], rule.expression, rule.timezone, rule.reason)
            for rule in still_to_come((*schedule(about), *start_checks(about)), datetime.now(UTC))
        }


def test_there_is_a_stop_that_nothing_follows(stack: Stack) -> None:
    last = stack.at("schedule/last-stop")

    assert last["schedule_expression"] == "cron(59 23 12 3 ? 2027)"
    assert last["target"]["arn"].endswith(":stopInstances")


def test_every_schedule_means_the_hub_and_comes_on_the_minute(stack: Stack) -> None:
    for each in stack.all("aws_scheduler_schedule"):
        if not each["name"].startswith("look-"):
            assert json.loads(each["target"]["input"]) == {"InstanceIds": [stack.reference("hub/instance", "id")]}
        assert each["flexible_time_window"] == {"mode": "OFF"}


def test_a_refused_start_is_tried_again_but_not_for_hours(stack: Stack) -> None:
    policies = {json.dumps(each["target"]["retry_policy"]) for each in stack.all("aws_scheduler_schedule")}

    assert policies == {'{"maximum_event_age_in_seconds": 1800, "maximum_retry_attempts": 30}'}


def test_the_scheduler_may_start_and_stop_this_hub_and_look_at_it_and_nothing_else(stack: Stack) -> None:
    statements = [(each["Action"], each["Resource"]) for each in stack.policy("schedule/permissions")]

    assert [it for it in statements if not it[0][0].startswith("kms:")] == [
        (["ec2:StartInstances", "ec2:StopInstances"], [stack.reference("hub/instance", "arn")]),
        (["cloudwatch:SetAlarmState"], [stack.reference("starts/not_running", "arn")]),
    ]


def test_a_start_may_use_the_keys_that_the_machine_s_disks_have(stack: Stack) -> None:
    [keys] = [each for each in stack.policy("schedule/permissions") if each["Action"] == ["kms:CreateGrant"]]

    assert keys["Resource"] == [
        stack.reference("home/volume", "kms_key_id"),
        stack.reference("hub/instance", "root_block_device[0].kms_key_id"),
    ]
    # for EC2 alone, and never for the role itself
    assert keys["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_only_the_scheduler_of_this_account_takes_the_role_on(stack: Stack) -> None:
    [trust] = stack.policy("schedule/role", "assume_role_policy")

    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${data.aws_caller_identity.caller.account_id}"}
    }
