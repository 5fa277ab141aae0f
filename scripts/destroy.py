"""End an event, also a past one: archive every home, have its name typed, destroy, prove it. The shelf stays."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, print_json, progress, tell
from pophub.organizer.deploy.deploy import plan_destroy, preview_destroy, require_means, take_away
from pophub.organizer.deploy.terraform.app import TerraformApp
from pophub.organizer.destroy.asking import Answers, confirmed, organizer
from pophub.organizer.destroy.destroy import destroy
from pophub.organizer.paths import ROOT

app = typer.Typer(add_completion=False)
Flag = typer.Option


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events.")],
    *,
    yes: Annotated[bool, Flag("--yes", help="Do not ask whether to.")] = False,
    while_at_work: Annotated[bool, Flag("--while-at-work", help="Close it over the heads of people.")] = False,
    remove_snapshot: Annotated[bool, Flag("--remove-snapshot", help="It goes once all is archived.")] = False,
    homes_are_gone: Annotated[bool, Flag("--homes-are-gone", help="Homes that are missing may be.")] = False,
    without_archive: Annotated[str, Flag(help="The event's name, typed out: archive nothing.")] = "",
    dry_run: Annotated[bool, Flag("--dry-run", help="Only show what would go.")] = False,
    json: Annotated[bool, Flag("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Archive every home and read it back, write EVENT-end.zip, destroy, look for what is left. Cut off, it goes on.

    Examples:
        python scripts/destroy.py geo-hackweek --dry-run
        python scripts/destroy.py geo-hackweek
    """
    given, name = Answers(yes, while_at_work, remove_snapshot, homes_are_gone, without_archive), event
    with organizer_errors(as_json=json):
        plan = plan_destroy(name, environ=os.environ, archives=given.archives)
        require_means(Aws())
        tell(plan.title, plan.rows, plan.warnings)
        if dry_run:
            with progress(f"planning the end of {plan.stack}", "the app and Terraform: about a minute") as talk:
                changes = preview_destroy(TerraformApp(ROOT, talk=talk), plan)
            return print_json(changes.facts) if json else print(changes.text)
        confirmed(plan.stack, given)
        ended = destroy(name, Aws(), organizer(given), lambda talk: take_away(TerraformApp(ROOT, talk=talk), plan),
                        archives=given.archives, folder=Path.cwd(), now=datetime.now(UTC))  # fmt: skip
    print_json(ended.facts) if json else print(ended.text)
    sys.exit(ended.code)


if __name__ == "__main__":
    app()
