"""EventBridge Scheduler: a rule that can never fire again is refused. Whether AWS does is docs/aws-experiments.md, D1."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from pophub.lab.aws_rules.asked import before
from pophub.lab.scheduler import fires_at

# minute, hour, days, month and year, each of them given
_DATED = re.compile(r"cron\(\d+ \d+ [\d,-]+ (\d+) \? (\d+)\)")


def enforce() -> None:
    """Put the rule on moto's scheduler."""
    before(EventBridgeSchedulerBackend, "create_schedule", _check)
    before(EventBridgeSchedulerBackend, "update_schedule", _check)


def _check(_: Any, *, schedule_expression: str, schedule_expression_timezone: str, **__: Any) -> None:
    dated = _DATED.fullmatch(schedule_expression)
    if dated is None:
        return
    month, year = int(dated[1]), int(dated[2])
    days = [date(year, month, day + 1) for day in range(monthrange(year, month)[1])]
    firings = fires_at(schedule_expression, schedule_expression_timezone or "UTC", days)
    if not any(at > datetime.now(UTC) for at in firings):
        # https://github.com/DefangLabs/pulumi-defang/pull/425 says it of at()
        raise ValidationException(f"Invalid Schedule Expression {schedule_expression}.")
