"""What AWS refuses and moto does not, each rule with its source; one subject a module."""

from __future__ import annotations

from pophub.lab.aws_rules import dependencies, guardduty, quotas, records, schedules, uploads, zones


def enforce() -> None:
    """Put the rules on moto's classes; once, before the server starts."""
    for subject in (guardduty, quotas, zones, dependencies, records, schedules, uploads):
        subject.enforce()
