"""`pophub status`, `start`, `stop` and `keep`, and `once`, as one script."""

from __future__ import annotations

from typing import Annotated

import typer

from pophub.organizer.cli.arguments import DryRun, Event, Json
from pophub.organizer.cli.running import ask_hub
from pophub.organizer.running.cost_watch import Action

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Event,
    action: Annotated[Action, typer.Argument(help="What to do; otherwise say what is.")] = Action.STATUS,
    *,
    until: Annotated[str | None, typer.Option(help="keep: until when, in the event's time, as in 18:30.")] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Say what runs, why and what it costs; start or stop the hub; or keep it on.

    Examples:
        python scripts/cost_watch.py geo-hackweek once
        python scripts/cost_watch.py geo-hackweek keep --until 22:00
    """
    ask_hub(action, event, until=until, dry_run=dry_run, json=json)


if __name__ == "__main__":
    app()
