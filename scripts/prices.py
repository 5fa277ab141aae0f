"""Bring the price tables up to date from AWS's price list. It needs credentials, costs nothing and changes no cloud."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import typer

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, print_json, put
from pophub.organizer.paths import PRICE_TABLES
from pophub.organizer.plan.price_refresh import refresh

app = typer.Typer(add_completion=False)


@app.callback()
def main() -> None:
    """The tables that estimates and reports count with, in pophub/organizer/plan/data."""


@app.command("refresh")
def refresh_tables(*, json: bool = typer.Option(False, "--json", help="Print one JSON object; on error too.")) -> None:
    """Ask AWS what the machines and disks of the tables cost today, and write it down with today's date.

    What is neither a machine nor gp3 keeps its price and its source; a machine AWS no longer tells keeps its old price.

    Examples:
        python scripts/prices.py refresh

        AWS_PROFILE=hackweeks python scripts/prices.py refresh --json
    """
    with organizer_errors(as_json=json):
        changes = refresh(PRICE_TABLES, Aws(), today=datetime.now(UTC).date())
    if json:
        print_json({"changes": [{key: str(value) for key, value in asdict(it).items()} for it in changes]})
    for it in () if json else changes:
        put(f"{it.region}  {it.what}: {it.before} → {it.now or 'not told, the old price stays'}", None)
    if not json:
        put(f"{len(changes)} prices are others now; look at `git diff pophub/organizer/plan/data`, and commit it", None)


if __name__ == "__main__":
    app()
