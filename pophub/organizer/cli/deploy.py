"""`pophub deploy`: check an event, show what it creates and costs, ask, deploy. It destroys nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pophub.organizer.cli.arguments import EventOrAccount, Json, Yes

if TYPE_CHECKING:
    from pophub.aws.client import Aws
    from pophub.organizer.cli.environment import Environment
    from pophub.organizer.deploy.deploy import StackOperation
    from pophub.organizer.outcome import Outcome


def deploy(
    context: typer.Context,
    event: EventOrAccount,
    *,
    yes: Yes = False,
    while_at_work: Annotated[bool, typer.Option("--while-at-work", help="With --yes: stop the hub if needed.")] = False,
    ignore_doctor: Annotated[bool, typer.Option("--ignore-doctor", help="Deploy even if it reports red.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change; needs no secrets.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait until the hub is ready.")] = False,
    json: Json = False,
) -> None:
    """Deploy an event, or change a deployed one.

    `pophub deploy account` comes first, once for each AWS account.
    It checks the event file, shows what it will create and what that costs, asks, and deploys.
    Run again, it continues where it stopped, and changes only what is different.
    The secrets come from the environment; docs/sign-in.md lists them by login.

    Examples:
        pophub deploy account
        pophub deploy geo-hackweek --dry-run
    """
    from pophub.organizer.cli.environment import environment
    from pophub.organizer.cli.terminal import organizer_errors, print_json, progress
    from pophub.organizer.deploy.deploy import plan_deploy

    with organizer_errors(as_json=json):
        now, here = datetime.now(UTC), environment(context)
        aws = here.aws()
        plan = plan_deploy(event, aws, now=now, environ=os.environ, dry_run=dry_run, require_tools=here.require_tools)
        _agree(
            event, plan, aws, here, yes=yes, while_at_work=while_at_work, ignore_doctor=ignore_doctor, dry_run=dry_run
        )
        outcome = _carry_out(plan, aws, here, now=now, dry_run=dry_run)
        outcome = outcome if dry_run or no_wait else here.wait(outcome, aws, os.environ, progress)
    print_json(outcome.facts) if json else print(outcome.text)


def _agree(
    event: str,
    plan: StackOperation,
    aws: Aws,
    here: Environment,
    *,
    yes: bool,
    while_at_work: bool,
    ignore_doctor: bool,
    dry_run: bool,
) -> None:
    """Run the doctor, show what the deploy would do, and ask."""
    from pophub.organizer.cli.terminal import require_answer, tell
    from pophub.organizer.deploy.resize import require_consent, stops_for
    from pophub.organizer.doctor.first import examine_first

    stops = not (dry_run or ignore_doctor)
    examine_first(event, aws, plan=plan.plan, clock=lambda: datetime.now(UTC), stops=stops, examine=here.examine)
    new_machine = stops_for(aws, plan.plan) if plan.plan else ()
    tell(plan.title, plan.rows, (*plan.warnings, *new_machine))
    require_consent(new_machine if yes and not (while_at_work or dry_run) else ())
    if not (yes or dry_run):
        require_answer("look at it with --dry-run, then give --yes")
        typer.confirm(f"Deploy {plan.stack}?", abort=True, err=True)


def _carry_out(plan: StackOperation, aws: Aws, here: Environment, *, now: datetime, dry_run: bool) -> Outcome:
    from pophub.organizer.cli.terminal import progress
    from pophub.organizer.deploy.deploy import HOW_LONG, deploy, preview_deploy, variables_of

    with progress(f"{'planning' if dry_run else 'deploying'} {plan.stack}", HOW_LONG[dry_run]) as talk:
        terraform = here.terraform(variables_of(plan, aws, os.environ), talk)
        return preview_deploy(terraform, plan) if dry_run else deploy(terraform, plan, aws, now=now)
