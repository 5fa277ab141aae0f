"""EventBridge Scheduler on the lab's own clock: when the lab AWS's schedules fire, and the call that each then makes.

It reads the schedules from AWS, and knows only the part of cron that they use: lists and ranges of days.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from botocore import xform_name
from botocore.exceptions import ClientError

from lab.aws import LabAws


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """One schedule at one time, in UTC."""

    at: datetime
    name: str
    target: dict[str, Any] = field(compare=False)


class LabScheduler:
    """The schedules of one group."""

    def __init__(self, aws: LabAws, region: str, group: str) -> None:
        self._aws, self._region, self._group = aws, region, group

    def firings(self, first: date, last: date) -> list[Firing]:
        """All firings of the enabled schedules on these days (of each schedule's time zone), in order."""
        scheduler = self._aws.client("scheduler", self._region)
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=self._group)
        names = [it["Name"] for page in pages for it in page["Schedules"]]
        schedules = [scheduler.get_schedule(Name=name, GroupName=self._group) for name in names]
        days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
        return sorted(
            Firing(at, it["Name"], it["Target"])
            for it in schedules
            if it["State"] == "ENABLED"
            for at in fires_at(it["ScheduleExpression"], it["ScheduleExpressionTimezone"], days)
        )

    def fire(self, firing: Firing) -> str | None:
        """Make the target's call in its role, with its input; returns AWS's error code, which a real schedule tells nobody."""
        _, _, called = firing.target["Arn"].partition(":aws-sdk:")
        service, _, operation = called.partition(":")
        client = self._aws.as_role(firing.target["RoleArn"], service, self._region)
        try:
            getattr(client, xform_name(operation))(**json.loads(firing.target["Input"]))
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return None


def fires_at(expression: str, timezone: str, days: list[date]) -> Iterator[datetime]:
    """The times at which a cron expression fires; a local time that is skipped gives none, one that occurs twice gives one."""
    minute, hour, of_month, month, _, year = expression.removeprefix("cron(").removesuffix(")").split()
    zone = ZoneInfo(timezone)
    for day in days:
        if str(day.year) == year and str(day.month) == month and day.day in _numbers(of_month):
            at = datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone).astimezone(UTC)
            if at.astimezone(zone).minute == int(minute) and at.astimezone(zone).hour == int(hour):
                yield at


def _numbers(text: str) -> set[int]:
    ranges = [part.split("-") for part in text.split(",")]
    return {number for it in ranges for number in range(int(it[0]), int(it[-1]) + 1)}
