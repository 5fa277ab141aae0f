"""What AWS refuses and moto does not, each rule with its source; one subject a module."""

from __future__ import annotations

from lab.aws_rules import dependencies, guardduty, keys, quotas, records, schedules, tag_index, uploads, zones


def enforce() -> None:
    """Put the rules on moto's classes; once, before the server starts."""
    for subject in (guardduty, keys, quotas, zones, dependencies, records, schedules, tag_index, uploads):
        subject.enforce()
