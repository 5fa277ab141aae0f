"""`pophub status`, `start`, `stop` and `keep`: what a hub does and why, and what an organizer asks of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pophub.organizer.cli.arguments import DryRun, Event, Json

if TYPE_CHECKING:
    from pophub.organizer.cli.cost_watch import Action


def status(
    event: Event,
    *,
    decision: Annotated[
        bool, typer.Option("--decision", help="What cost-watch would decide now, seen from here.")
    ] = False,
    json: Json = False,
) -> None:
    """Show whether the hub runs, why, and what it costs.

    With --decision: what cost-watch would decide now from what can be seen here; only the hub sees who is at work.

    Examples:
        pophub status geo-hackweek
        pophub status geo-hackweek --json
    """
    from pophub.organizer.cli.cost_watch import Action

    ask_hub(Action.ONCE if decision else Action.STATUS, event, json=json)


def start(event: Event, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Start the hub for an hour at least, also on a used-up budget.

    Examples:
        pophub start geo-hackweek
    """
    from pophub.organizer.cli.cost_watch import Action

    ask_hub(Action.START, event, dry_run=dry_run, json=json)


def stop(event: Event, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Stop the hub now, without a warning; files stay.

    Examples:
        pophub stop geo-hackweek --dry-run
        pophub stop geo-hackweek
    """
    from pophub.organizer.cli.cost_watch import Action

    ask_hub(Action.STOP, event, dry_run=dry_run, json=json)


def keep(
    event: Event,
    *,
    until: Annotated[str, typer.Option(help="A time of day in the event's time zone, as in 18:30.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Keep the hub on until a time.

    Examples:
        pophub keep geo-hackweek --until 22:00
    """
    from pophub.organizer.cli.cost_watch import Action

    ask_hub(Action.KEEP, event, until=until, dry_run=dry_run, json=json)


def ask_hub(action: Action, event: str, *, until: str | None = None, dry_run: bool = False, json: bool) -> None:
    """Ask, and print the answer."""
    from pophub.aws.client import Aws
    from pophub.organizer.cli.cost_watch import ask
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.destroy.whose import scope_of
    from pophub.organizer.event.event_file import load_event
    from pophub.organizer.paths import event_file

    with organizer_errors(as_json=json):
        found, scope = load_event(event_file(event)), scope_of(event, Aws())
        outcome = ask(action, scope, found, now=datetime.now(UTC), until=until, dry_run=dry_run)
    print_json(outcome.facts) if json else print(outcome.text)
