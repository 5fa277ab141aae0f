"""A schedule that can never fire again is refused, and what the calendar leaves over an event's past is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pophub.event import Event
from pophub.event_file import load_event
from pophub.lab.aws import LabAws
from pophub.paths import EXAMPLE_EVENT
from pophub.plan.calendar import Rule, looks, schedule, still_to_come

TARGET = {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": "arn:aws:iam::1:role/r", "Input": "{}"}


@pytest.fixture(scope="module")
def scheduler(lab_aws: LabAws) -> Any:
    return lab_aws.client("scheduler", "us-west-2")


@pytest.fixture(scope="module")
def soon() -> Event:
    """The example in three weeks: of the two months in which each night has a stop, one lies behind it."""
    first = datetime.now(UTC).date() + timedelta(days=21)
    event = load_event(EXAMPLE_EVENT)
    session = event.sessions[0].model_copy(update={"first": first, "last": first + timedelta(days=4)})
    return event.model_copy(update={"sessions": (session,), "ends": first + timedelta(days=7)})


def create(scheduler: Any, rule: Rule) -> None:
    scheduler.create_schedule(
        Name=rule.id,
        ScheduleExpression=rule.expression,
        ScheduleExpressionTimezone=rule.timezone,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=TARGET,
    )


def test_what_is_past_is_refused_and_what_is_still_to_come_is_taken(scheduler: Any, soon: Event) -> None:
    rules = (*schedule(soon), *looks(soon))
    to_come = still_to_come(rules, datetime.now(UTC))
    past = [rule for rule in rules if rule not in to_come]

    assert len(to_come) >= 4
    assert past
    for rule in to_come:
        create(scheduler, rule)
    for rule in past:
        with pytest.raises(ClientError, match="ValidationException"):
            create(scheduler, rule)


def test_what_is_no_cron_of_certain_days_is_not_looked_at(scheduler: Any) -> None:
    create(scheduler, Rule("each-day", "stop", "rate(1 day)", "UTC", ""))
    create(scheduler, Rule("each-year", "stop", "cron(0 4 1 1 ? *)", "UTC", ""))
