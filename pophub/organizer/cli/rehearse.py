"""`pophub rehearse`: measure the real hub with pretended people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import DryRun, Event, Json

People = Annotated[int, typer.Option(min=1, max=1000, help="How many pretended people come.")]
Notebook = Annotated[str, typer.Option(help="A notebook in everybody's home, for example of the content.")]
Cells = Annotated[int, typer.Option(min=1, help="How many of its code cells are run, from the first on.")]
Idle = Annotated[int, typer.Option(min=0, max=3600, help="How many seconds they only read.")]
NearSession = Annotated[bool, typer.Option("--near-session", help="Also in a session or within an hour of one.")]
Out = Annotated[Path | None, typer.Option(help="Where the figures go; by default EVENT-rehearsal-TIME.json.")]


def rehearse(
    event: Event,
    *,
    people: People,
    notebook: Notebook = "",
    cells: Cells = 1,
    idle: Idle = 60,
    near_session: NearSession = False,
    out: Out = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Let pretended people use the hub, and measure what happens.

    They sign in without the login provider, start servers at once, run cells, read and leave; then they and their homes
    are removed. It does not begin while somebody works, and ends when somebody comes. A stopped hub starts, then stops.

    Examples:
        pophub rehearse geo-hackweek --people 60 --dry-run
        pophub rehearse geo-hackweek --people 60 --notebook geo/first.ipynb --cells 3
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json, progress
    from pophub.organizer.deploy.pinned import plan_with_pin
    from pophub.organizer.event.event_file import load_event
    from pophub.organizer.event_context import event_context
    from pophub.organizer.paths import event_file
    from pophub.organizer.running.rehearse import Play, save
    from pophub.organizer.running.rehearse import rehearse as play

    with organizer_errors(as_json=json):
        now, aws, found = datetime.now(UTC), Aws(), load_event(event_file(event))
        context, rehearsal = event_context(event, aws), Play(people, idle, notebook, cells, near_session)
        with progress(
            f"rehearsing {context.event}", f"at most {rehearsal.wanted.minutes} minutes once the hub runs"
        ) as talk:
            outcome = play(context, plan_with_pin(aws, found, now=now), rehearsal, talk, now=now, dry_run=dry_run)
        if not dry_run:
            save(outcome, out or Path(f"{context.event}-rehearsal-{now:%Y-%m-%d-%H%M}.json"))
    print_json(outcome.facts) if json else print(outcome.text)
