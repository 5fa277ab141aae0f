"""Print how long synth, deploy and destroy take, beside plain Terraform on the same JSON. Figures, not a test."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from pophub.lab.bench import measure
from pophub.lab.demo import run_folder
from pophub.terminal import organizer_errors, progress

app = typer.Typer(add_completion=False)


@app.command()
def main() -> None:
    """Deploy the example event into an AWS on this computer, with cdktf and with Terraform alone, and take the time.

    Examples:
        python scripts/bench.py
    """
    with organizer_errors(), run_folder() as folder, progress("the bench") as talk:
        rows = measure(folder, talk)
    title = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, the lab AWS"
    table = Table("seconds", "cdktf", "plain Terraform", title=title)
    for row in rows:
        table.add_row(row.what, f"{row.cdktf:.1f}", f"{row.plain:.1f}")
    Console(width=80).print(table)


if __name__ == "__main__":
    app()
