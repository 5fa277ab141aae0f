"""Write the files of an event's hub into a folder, to look at or to copy to a server. It changes nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.organizer.cli.terminal import organizer_errors
from pophub.organizer.deploy.own_server import BUNDLE, INSTALL, write_bundle
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.paths import ROOT, event_file
from pophub.organizer.plan.plan import plan_elsewhere
from pophub.organizer.plan.prices import region_prices

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or a path of one.")],
    *,
    into: Annotated[Path | None, typer.Option(help="The folder; by default build/<event>.")] = None,
) -> None:
    """Write event.json, the hub's settings and the scripts that install them into a folder, and print its name.

    Examples:
        python scripts/config.py geo-hackweek

        python scripts/config.py hub-config/example-event.yaml --into /tmp/hub
    """
    path = event_file(event)
    with organizer_errors(), blamed_on(path):
        found = load_event(path, now=(now := datetime.now(UTC)))
        folder = write_bundle(
            plan_elsewhere(found, region_prices(found.region), now=now), into or ROOT / "build" / found.name
        )
    typer.echo(f"as {BUNDLE} of a Debian server, {INSTALL} in it makes the server the hub", err=True)
    print(folder)


if __name__ == "__main__":
    app()
