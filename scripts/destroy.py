"""Destroy an event, also a past one: say what goes and what stays, have its name typed, destroy. The shelf stays."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pophub.cdktf_app import CdktfApp
from pophub.deploy import destroy, plan_destroy, preview_destroy
from pophub.paths import ROOT
from pophub.terminal import organizer_errors, print_json, progress, require_answer, tell

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Destroy an event: everything goes but a snapshot of the homes and what lies on the shelf. Twice is fine.

    Examples:
        python scripts/destroy.py geo-hackweek --dry-run

        python scripts/destroy.py geo-hackweek
    """
    with organizer_errors(as_json=json):
        plan = plan_destroy(event, environ=os.environ)
        tell(plan.title, plan.rows, plan.warnings)
        if not (yes or dry_run):
            require_answer("look at it with --dry-run, then give --yes (with make: DRY_RUN=1, YES=1)")
            if typer.prompt("Its name, to destroy it", err=True) != plan.stack:
                raise typer.Abort
        with progress(f"{'terraform plan -destroy' if dry_run else 'cdktf destroy'} {plan.stack}") as talk:
            outcome = (preview_destroy if dry_run else destroy)(CdktfApp(ROOT, talk=talk), plan)
    if json:
        print_json(outcome.facts)
    else:
        print(outcome.text)


if __name__ == "__main__":
    app()
