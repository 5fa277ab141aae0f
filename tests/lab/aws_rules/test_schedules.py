"""A schedule whose every firing is past is not taken."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import ORDINARY
from lab.aws import ACCOUNT_ID, LabAws
from lab.aws_rules.schedules import is_past
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.schedule import Rule, schedule, start_checks, still_to_come
from tests.lab.aws_rules.conftest import Accounts

NOW = datetime(2026, 12, 15, 8, 30, tzinfo=UTC)
IN_DECEMBER = dataclasses.replace(ORDINARY, name="in december", moment=NOW.isoformat())


@pytest.mark.parametrize(
    ("expression", "zone", "past"),
    [
        ("cron(30 9 15 12 ? 2026)", "Europe/Berlin", True),
        ("cron(31 9 15 12 ? 2026)", "Europe/Berlin", False),
        ("cron(0 4 1-14 12 ? 2026)", "UTC", True),
        ("cron(0 4 1-15,20 12 ? 2026)", "UTC", False),
        ("cron(0 4 31 12 ? 2025)", "UTC", True),
        ("cron(0 4 * * ? *)", "UTC", False),
        ("at(2026-12-15T08:30:00)", "UTC", True),
        ("at(2026-12-15T00:31:00)", "America/Los_Angeles", False),
        ("rate(5 minutes)", "UTC", False),
    ],
)
def test_the_last_firing_decides(expression: str, zone: str, past: bool) -> None:
    assert is_past(expression, zone, NOW) is past


def test_it_is_refused_when_it_is_made(account_of: Accounts) -> None:
    scheduler = account_of(IN_DECEMBER).client("scheduler", "us-west-2")
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/a"}

    def make(expression: str) -> Any:
        return scheduler.create_schedule(
            Name="a", ScheduleExpression=expression, FlexibleTimeWindow={"Mode": "OFF"}, Target=target
        )

    with pytest.raises(ClientError, match=r"ValidationException.*cron\(0 4 14 12 \? 2026\)"):
        make("cron(0 4 14 12 ? 2026)")
    make("cron(0 4 16 12 ? 2026)")


TARGET = {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/r"}


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
    rules = (*schedule(soon), *start_checks(soon))
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
