"""Say what follows from an event file, or everything that is wrong with it. It asks nobody and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from pophub.event_file import blamed_on, load_event
from pophub.paths import event_file
from pophub.plan.check import check
from pophub.plan.render import as_json, as_text
from pophub.terminal import organizer_errors, print_json

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or the path of an event file.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Say what follows from an event file, or everything that is wrong with it.

    Machine and disk with the reasons, sessions in local time and UTC, the schedule, sign-in, warnings.
    It asks no cloud, changes nothing, and exits with 1 if the organizer has something to correct.

    Examples:
        python scripts/check_event.py geo-hackweek

        python scripts/check_event.py hub-config/example-event.yaml --json
    """
    now = datetime.now(UTC)
    path = event_file(event)
    with organizer_errors(as_json=json), blamed_on(path):
        found = check(load_event(path, now=now), today=now.date())
    if json:
        print_json(as_json(found))
    else:
        Console().print(as_text(found))


if __name__ == "__main__":
    app()
