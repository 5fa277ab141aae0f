"""Make this Debian server the hub of an event, without AWS: write the bundle and the secrets, run install-hub.sh."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from pophub.organizer.cli.terminal import organizer_errors, tell
from pophub.organizer.deploy.own_server import OS_RELEASE, install, kept_secrets, plan_installation
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.paths import event_file
from pophub.organizer.plan.plan import plan_elsewhere
from pophub.organizer.plan.prices import region_prices

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or a path of one.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Make this machine the event's hub; run again, it goes on, or changes what differs.

    The secrets come from the environment (GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET for an event with GitHub); those
    that the machine has already need not be given again.

    Examples:
        python scripts/install_jupyterhub.py geo-hackweek --dry-run
    """
    path = event_file(event)
    with organizer_errors():
        with blamed_on(path):
            found = load_event(path, now=(now := datetime.now(UTC)))
        release = OS_RELEASE.read_text() if OS_RELEASE.exists() else ""
        plan = plan_installation(
            plan_elsewhere(found, region_prices(found.region), now=now),
            environ=os.environ,
            root=dry_run or os.geteuid() == 0,
            os_release=release,
            kept=kept_secrets(),
        )
        tell(f"{found.name}: {found.title}, on this machine", plan.rows, ())
        if not dry_run:
            print(install(plan))


if __name__ == "__main__":
    app()
