"""Measure times and resources, and print them. It is not a test."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench import archive, deployment, machine, memory, opening, rehearsal, report, spawn, worker
from lab.demo.run_folder import run_folder
from pophub.organizer.cli.terminal import organizer_errors, progress

app = typer.Typer(add_completion=False)
SUBJECTS = {
    module.__name__.rpartition(".")[2]: module.measure
    for module in (deployment, machine, spawn, opening, worker, memory, rehearsal, report, archive)
}
Subject = StrEnum("Subject", list(SUBJECTS))


@app.command()
def main(
    only: Annotated[Subject | None, typer.Option(help="One of the subjects; all of them without it.")] = None,
) -> None:
    """Measure in the lab what an organizer or a participant waits for, and what the hub takes of its machine.

    Examples:
        python -P scripts/bench.py
        python -P scripts/bench.py --only spawn
    """
    title = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores"
    for subject in [only] if only else list(Subject):
        with organizer_errors(), run_folder() as folder, progress(f"the bench of {subject}", "1 to 10 minutes") as talk:
            measured = SUBJECTS[subject](folder, talk)
        for figures in measured:
            table = Table(*figures.columns, title=f"{figures.title}; {title}")
            for row in figures.rows:
                table.add_row(*row)
            Console(width=80).print(table)


if __name__ == "__main__":
    app()
