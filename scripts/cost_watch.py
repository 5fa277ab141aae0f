"""What a hub's watch does and says, from the laptop: status, once, start, stop, keep. The hub itself looks once a minute."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pophub.aws.client import Aws
from pophub.organizer.cli.cost_watch import Action, ask
from pophub.organizer.cli.terminal import organizer_errors, print_json
from pophub.organizer.destroy.whose import scope_of
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import event_file

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or the path of an event file.")],
    action: Annotated[Action, typer.Argument(help="What to do; otherwise say what is.")] = Action.STATUS,
    *,
    until: Annotated[str | None, typer.Option(help="keep: until when, in the event's time, as in 18:30.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Say what runs, why and what it costs; switch the hub on or off; or have it kept on.

    Examples:
        python scripts/cost_watch.py geo-hackweek once
        python scripts/cost_watch.py geo-hackweek keep --until 22:00
    """
    with organizer_errors(as_json=json):
        found, scope = load_event(event_file(event)), scope_of(event, Aws())
        outcome = ask(action, scope, found, now=datetime.now(UTC), until=until, dry_run=dry_run)
    print_json(outcome.facts) if json else print(outcome.text)


if __name__ == "__main__":
    app()
