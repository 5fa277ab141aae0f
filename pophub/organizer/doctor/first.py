"""The doctor before a deploy: it shows findings that are not green; red ones stop the deploy if `stops` is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.examine import case_of, examine
from pophub.organizer.doctor.finding import Colour, Finding, counted
from pophub.organizer.doctor.render import as_table, summary
from pophub.organizer.plan.plan import Plan


def examine_first(
    event: str,
    aws: Aws,
    *,
    plan: Plan | None,
    clock: Callable[[], datetime],
    stops: bool,
    examine: Callable[[Case], list[Finding]] = examine,
) -> None:
    """Examine an event, whose `plan` is already calculated, or `account`; the findings go to stderr.

    Raises:
        PophubError: a finding is red, and `stops` is true.
    """
    console = Console(stderr=True)
    case = case_of(event, aws, clock=clock, plan=plan)
    with console.status("looking at all that a deploy needs: up to 20 seconds"):
        findings = examine(case)
    shown = [each for each in findings if each.colour is not Colour.GREEN]
    if shown:
        console.print(as_table(shown))
    console.print(Text(summary(findings)))
    red = sum(each.colour is Colour.RED for each in findings)
    if red and stops:
        raise PophubError(
            f"nothing was deployed: {counted(red, 'finding')} would make the deploy or the hub fail",
            hint="follow the next step after each →, or go on with --ignore-doctor",
        )
