"""`pophub archive`, `links` and `restore`: every home archived, handed out, and brought back. It mails nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.aws.bucket import LONGEST_LINK_DAYS
from pophub.organizer.cli.arguments import DryRun, Json, PastEvent, Region


def archive(
    event: PastEvent,
    *,
    show: Annotated[bool, typer.Option("--show", help="Only say what is archived, home by home.")] = False,
    dry_run: DryRun = False,
    region: Region = None,
    json: Json = False,
) -> None:
    """Archive every home now, while people keep working.

    Only what has changed since the last archive is sent.

    Examples:
        pophub archive geo-hackweek
        pophub archive geo-hackweek --show
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json, progress
    from pophub.organizer.destroy.archive_commands import make, status
    from pophub.organizer.destroy.remote_hub import HOW_LONG_TO_ARCHIVE
    from pophub.organizer.event_context import event_context

    with organizer_errors(as_json=json):
        context = event_context(event, Aws(), region=region)
        if show:
            outcome = status(context)
        else:
            with progress(f"archiving {context.event}", HOW_LONG_TO_ARCHIVE) as talk:
                outcome = make(context, talk, now=datetime.now(UTC), dry_run=dry_run)
    print_json(outcome.facts) if json else print(outcome.text)


def links(
    event: PastEvent,
    *,
    to: Annotated[Path | None, typer.Option(help="A new folder; by default EVENT-links.")] = None,
    days: Annotated[int, typer.Option(help="How long the links work; AWS allows seven days.")] = LONGEST_LINK_DAYS,
    region: Region = None,
    json: Json = False,
) -> None:
    """Write a link for each participant to their archived files.

    The links go into a folder: a list for a mail merge, and a page for each participant. Nothing is sent.

    Examples:
        pophub links geo-hackweek
        pophub links geo-hackweek --days 3 --to links
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.destroy.archive_commands import write_links
    from pophub.organizer.event_context import event_context

    with organizer_errors(as_json=json):
        outcome = write_links(event_context(event, Aws(), region=region), to, days, now=datetime.now(UTC))
    print_json(outcome.facts) if json else print(outcome.text)


def restore(
    event: PastEvent,
    user: Annotated[str | None, typer.Argument(help="Whose files; leave it out to see the names.")] = None,
    *,
    to: Annotated[Path | None, typer.Option(help="An empty folder; by default EVENT-USER.")] = None,
    region: Region = None,
    json: Json = False,
) -> None:
    """Bring one participant's archived files into a folder here.

    Examples:
        pophub restore geo-hackweek carol-x
        pophub restore geo-hackweek carol-x --to carol
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.destroy.archive_commands import restore_home
    from pophub.organizer.event_context import event_context

    with organizer_errors(as_json=json):
        outcome = restore_home(event_context(event, Aws(), region=region), user, to)
    print_json(outcome.facts) if json else print(outcome.text)
