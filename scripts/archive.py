"""Every home archived; how far that is; links for the participants; one home back. It sends nothing to anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pophub.aws.client import Aws
from pophub.aws.shelf import LONGEST_LINK_DAYS
from pophub.organizer.cli.terminal import organizer_errors, print_json, progress
from pophub.organizer.destroy.from_outside import HOW_LONG_TO_ARCHIVE
from pophub.organizer.destroy.hand_out import bring_back, hand_out, make, status
from pophub.organizer.destroy.whose import scope_of

app = typer.Typer(add_completion=False)
Action = StrEnum("Action", ["STATUS", "MAKE", "LINKS", "RESTORE"])


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event; its file may be gone.")],
    action: Annotated[Action, typer.Argument(help="What to do; otherwise say how far it is.")] = Action.STATUS,
    user: Annotated[str | None, typer.Argument(help="Whose home to restore.")] = None,
    *,
    to: Annotated[Path | None, typer.Option(help="restore: an empty folder; links: a new one.")] = None,
    days: Annotated[int, typer.Option(help="How long the links work; AWS allows seven days.")] = LONGEST_LINK_DAYS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="make: only say what would be done.")] = False,
    region: Annotated[str | None, typer.Option(help="The event's region, where its file is lost.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Archive every home, say what is archived, write links for the participants, or bring one home back.

    The links go into a folder, as a list for a mail merge and as a page for each participant.

    Examples:
        python scripts/archive.py geo-hackweek make
        python scripts/archive.py geo-hackweek links --days 3
        python scripts/archive.py geo-hackweek restore carol-x
    """
    with organizer_errors(as_json=json):
        scope = scope_of(event, Aws(), region=region)
        match action:
            case Action.MAKE:
                with progress(f"archiving {scope.event}", HOW_LONG_TO_ARCHIVE) as talk:
                    outcome = make(scope, talk, now=datetime.now(UTC), dry_run=dry_run)
            case Action.LINKS:
                outcome = hand_out(scope, to, days, now=datetime.now(UTC))
            case Action.RESTORE:
                outcome = bring_back(scope, user, to)
            case _:
                outcome = status(scope)
    print_json(outcome.facts) if json else print(outcome.text)


if __name__ == "__main__":
    app()
