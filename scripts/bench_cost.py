"""Replay events against cost-watch and compare its cost and its waiting times with other ways. It is not a test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pophub.organizer.cli.terminal import print_json
from simulator import render_several
from simulator.library import library, many
from simulator.render import as_json, as_svg, as_text
from simulator.score import scores
from simulator.several import runs

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="Only the events whose name has this in it.")] = "",
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Also write the plot to this file.")] = None,
    workers: Annotated[bool, typer.Option("--workers", help="Events of many people, on workers.")] = False,
) -> None:
    """Replay the events of the library, minute by minute, in every way of running the machine.

    `waited` is minutes of persons, for a machine or a server; `in session`, for a machine that is off inside a session.
    The three columns with `by` count servers that were stopped under use; `cut`, computations at their limit.

    Examples:
        python scripts/bench_cost.py

        python scripts/bench_cost.py night --json

        python scripts/bench_cost.py --workers
    """
    if workers:
        several = {trace.name: runs(trace, plan) for trace, plan in many() if event in trace.name}
        if json:
            print_json(render_several.as_json(several))
        else:
            Console(width=120).print(render_several.as_text(several))
        return
    rows = {trace.name: scores(trace) for trace in library() if event in trace.name}
    if not rows:
        raise typer.BadParameter(f"no event has {event!r} in its name")
    if svg is not None:
        svg.write_text(as_svg(rows))
    if json:
        print_json(as_json(rows))
    else:
        Console(width=120).print(as_text(rows))


if __name__ == "__main__":
    app()
