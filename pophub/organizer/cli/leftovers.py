"""`pophub leftovers`: what an event has left in AWS, and what that costs; `--delete` removes it. Archives stay."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import Json, PastEvent, Region


def leftovers(
    event: PastEvent,
    *,
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove what is found, after you type the event's name.")
    ] = False,
    without_archive: Annotated[
        bool, typer.Option("--without-archive", help="Delete homes that are not archived too.")
    ] = False,
    region: Region = None,
    json: Json = False,
) -> None:
    """Look in every AWS service for what is left of an event.

    Exits with 0 only if nothing is left and every service could be asked.

    Examples:
        pophub leftovers geo-hackweek
        pophub leftovers geo-hackweek --delete
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json, progress
    from pophub.organizer.destroy.organizer_answers import to_remove
    from pophub.organizer.event_context import event_context
    from pophub.organizer.leftovers.leftovers import HOW_LONG_TO_LOOK, HOW_LONG_TO_REMOVE, find, remove
    from pophub.organizer.leftovers.render import as_json, as_text, exit_code
    from pophub.organizer.leftovers.resource import Resource

    failed: tuple[tuple[Resource, str], ...] = ()
    with organizer_errors(as_json=json):
        context = event_context(event, Aws(), region=region)
        with progress(f"looking for what is left of {context.event}", HOW_LONG_TO_LOOK) as talk:
            findings = find(context, talk)
        if delete and findings.left:
            resources = to_remove(context, findings, without_archive=without_archive)
            with progress(f"removing what is left of {context.event}", HOW_LONG_TO_REMOVE) as talk:
                failed = remove(context, resources, talk)
                findings = find(context, talk)
    print_json(as_json(findings, failed)) if json else print(as_text(findings, failed))
    sys.exit(exit_code(findings))
