"""Deploy an event, or the account once: check, say what it makes and costs, ask, deploy. It destroys nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, print_json, progress, require_answer, tell
from pophub.organizer.deploy.deploy import HOW_LONG, deploy, plan_deploy, preview_deploy, require_means, terraform_of
from pophub.organizer.deploy.resize import require_consent, stops_for
from pophub.organizer.deploy.wait_for_hub import wait
from pophub.organizer.doctor.first import look_first

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or `account`.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    while_at_work: Annotated[bool, typer.Option("--while-at-work", help="Stop the hub for another machine.")] = False,
    ignore_doctor: Annotated[bool, typer.Option("--ignore-doctor", help="Deploy though it found red.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change; needs no secrets.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until the hub is ready.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Check an event, say what it makes and costs, ask, deploy. Run again, it goes on, or changes what differs.

    The secrets come from the environment: GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET for an event with GitHub.

    Examples:
        python scripts/deploy.py account

        python scripts/deploy.py geo-hackweek --dry-run
    """
    with organizer_errors(as_json=json):
        now = datetime.now(UTC)
        plan = plan_deploy(event, now=now, environ=os.environ, dry_run=dry_run)
        require_means(aws := Aws())
        look_first(event, aws, clock=lambda: datetime.now(UTC), stops=not (dry_run or ignore_doctor))
        stops = stops_for(aws, plan.region, plan.stack, plan.instance_type) if plan.instance_type else ()
        tell(plan.title, plan.rows, (*plan.warnings, *stops))
        require_consent(stops if yes and not (while_at_work or dry_run) else ())
        if not (yes or dry_run):
            require_answer("look at it with --dry-run, then give --yes (with make: DRY_RUN=1, YES=1)")
            typer.confirm(f"Deploy {plan.stack}?", abort=True, err=True)
        with progress(f"{'planning' if dry_run else 'deploying'} {plan.stack}", HOW_LONG[dry_run]) as talk:
            terraform = terraform_of(plan, aws, os.environ, talk)
            outcome = preview_deploy(terraform, plan) if dry_run else deploy(terraform, plan, aws, now=now)
        outcome = outcome if dry_run or no_wait else wait(outcome, aws, os.environ, progress)
    print_json(outcome.facts) if json else print(outcome.text)


if __name__ == "__main__":
    app()
