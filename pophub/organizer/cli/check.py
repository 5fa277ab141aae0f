"""`pophub check`: what follows from an event file, or everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime

from pophub.organizer.cli.arguments import Event, Json


def check(event: Event, *, json: Json = False) -> None:
    """Show what follows from an event file, or all that is wrong with it.

    Machine and disk with the reasons, one machine beside several with both costs, sessions in local time and UTC,
    the schedule, sign-in, warnings, and what it will cost: low, expected, high.
    It asks AWS what the event was deployed with, and for prices that the price table lacks. It changes nothing.
    It exits with 1 if the organizer has something to correct.

    Examples:
        pophub check geo-hackweek
        pophub check hub-config/example-event.yaml --json
    """
    from rich.console import Console

    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.cost import estimate_forms
    from pophub.organizer.cost.cost_report import checked
    from pophub.organizer.plan.render import as_json, as_text

    with organizer_errors(as_json=json):
        plan = checked(event, Aws(), now=datetime.now(UTC))
    if json:
        print_json(as_json(plan) | {"cost": plan.cost and estimate_forms.as_json(plan.cost)})
    else:
        cost = [estimate_forms.as_text(plan.cost, today=plan.today)] if plan.cost else []
        Console().print(as_text(plan), *cost)
