"""`pophub destroy`: end an event, also a past one. The account bucket stays, with the archives in it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Context, Option

from pophub.organizer.cli.arguments import Event, Json, Yes

if TYPE_CHECKING:
    from pophub.organizer.cli.environment import Environment
    from pophub.organizer.deploy.deploy import StackOperation
    from pophub.organizer.outcome import Outcome


def destroy(
    context: Context,
    event: Event,
    *,
    yes: Yes = False,
    while_at_work: Annotated[bool, Option("--while-at-work", help="Close the hub while people work.")] = False,
    remove_snapshot: Annotated[bool, Option("--remove-snapshot", help="Delete it once all is archived.")] = False,
    homes_are_gone: Annotated[bool, Option("--homes-are-gone", help="Go on although homes are missing.")] = False,
    without_archive: Annotated[str, Option(help="The event's name: archive nothing.")] = "",
    dry_run: Annotated[bool, Option("--dry-run", help="Only show what would go.")] = False,
    json: Json = False,
) -> None:
    """End an event: archive every home, destroy, look for what is left.

    It reads the archive back before it destroys, and writes EVENT-end.zip. If it was interrupted, run it again.

    Examples:
        pophub destroy geo-hackweek --dry-run
        pophub destroy geo-hackweek
    """
    from pophub.organizer.cli.environment import environment
    from pophub.organizer.cli.terminal import organizer_errors, print_json, tell
    from pophub.organizer.deploy.deploy import destroy_stack, plan_destroy, require_means
    from pophub.organizer.destroy.destroy_event import destroy as destroy_event
    from pophub.organizer.destroy.organizer_answers import Answers, confirmed, organizer

    here, given = environment(context), Answers(yes, while_at_work, remove_snapshot, homes_are_gone, without_archive)
    with organizer_errors(as_json=json):
        plan = plan_destroy(event, environ=os.environ, archives=given.archives)
        require_means(here.aws(), here.require_tools)
        tell(plan.title, plan.rows, plan.warnings)
        if dry_run:
            changes = _preview(plan, here)
            return print_json(changes.facts) if json else print(changes.text)
        confirmed(plan.stack, given)
        ended = destroy_event(event, here.aws(), organizer(given),
                              lambda talk: destroy_stack(here.terraform(talk=talk), plan),
                              archives=given.archives, folder=Path.cwd(), now=datetime.now(UTC))  # fmt: skip
    print_json(ended.facts) if json else print(ended.text)
    sys.exit(ended.code)


def _preview(plan: StackOperation, here: Environment) -> Outcome:
    from pophub.organizer.cli.terminal import progress
    from pophub.organizer.deploy.deploy import preview_destroy

    with progress(f"planning the end of {plan.stack}", "the app and Terraform: about a minute") as talk:
        return preview_destroy(here.terraform(talk=talk), plan)
