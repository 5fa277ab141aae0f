"""`pophub status`, `start`, `stop` and `keep`: what a hub does and why, and an organizer's requests to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import DryRun, Event, Json


def status(
    event: Event,
    *,
    decision: Annotated[
        bool, typer.Option("--decision", help="What cost-watch would decide now, seen from here.")
    ] = False,
    json: Json = False,
) -> None:
    """Show whether the hub runs, why, and what it costs.

    If the event has workers, each is listed with its type, market, state and servers.
    With --decision: what cost-watch would decide now from what can be seen here; only the hub sees who is at work.

    Examples:
        pophub status geo-hackweek
        pophub status geo-hackweek --json
    """
    ask_hub("once" if decision else "status", event, json=json)


def start(event: Event, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Start the hub for an hour at least, even if the budget is used up.

    Examples:
        pophub start geo-hackweek
    """
    ask_hub("start", event, dry_run=dry_run, json=json)


def stop(event: Event, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Stop the hub now, without a warning; files stay.

    Examples:
        pophub stop geo-hackweek --dry-run
        pophub stop geo-hackweek
    """
    ask_hub("stop", event, dry_run=dry_run, json=json)


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
    ask_hub("keep", event, until=until, dry_run=dry_run, json=json)


def ask_hub(action: str, event: str, *, until: str | None = None, dry_run: bool = False, json: bool) -> None:
    """Do one of the actions of `cost_watch.Action`, and print the outcome."""
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.event.event_file import load_event
    from pophub.organizer.event_context import event_context
    from pophub.organizer.paths import event_file
    from pophub.organizer.running.cost_watch import Action, ask

    with organizer_errors(as_json=json):
        found, context = load_event(event_file(event)), event_context(event, Aws())
        outcome = ask(Action(action), context, found, now=datetime.now(UTC), until=until, dry_run=dry_run)
    print_json(outcome.facts) if json else print(outcome.text)
