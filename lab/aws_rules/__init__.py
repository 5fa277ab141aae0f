"""Rules that AWS enforces and moto does not, each with its source; one subject per module."""

from __future__ import annotations

from lab.aws_rules import (
    auto_scaling,
    certificates,
    dependencies,
    guardduty,
    keys,
    quotas,
    records,
    schedules,
    tag_index,
    uploads,
    zones,
)


def enforce() -> None:
    """Add the rules to moto's classes; called once, before the server starts."""
    first = (guardduty, keys, quotas, zones, dependencies, records, schedules, tag_index, uploads, certificates)
    for subject in (*first, auto_scaling):
        subject.enforce()
