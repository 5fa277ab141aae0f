"""Say what follows from an event file, or everything that is wrong with it. It changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, print_json
from pophub.organizer.cost import estimate_forms
from pophub.organizer.cost.cost_report import checked
from pophub.organizer.plan.render import as_json, as_text

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or the path of an event file.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Say what follows from an event file, or everything that is wrong with it.

    Machine and disk with the reasons, sessions in local time and UTC, the schedule, sign-in, warnings,
    and what it will cost: low, expected, high.
    It changes nothing, asks AWS only for the price of a machine that the price table does not know, and exits with 1
    if the organizer has something to correct.

    Examples:
        python scripts/check_event.py geo-hackweek

        python scripts/check_event.py hub-config/example-event.yaml --json
    """
    with organizer_errors(as_json=json):
        now = datetime.now(UTC)
        found, cost = checked(event, Aws(), now=now)
    if json:
        print_json(as_json(found) | {"cost": cost and estimate_forms.as_json(cost)})
    else:
        Console().print(as_text(found), *([estimate_forms.as_text(cost, now=now)] if cost else []))


if __name__ == "__main__":
    app()
