"""Say what an event will cost, or has cost: for a person, a program, a spreadsheet or a funder. It changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, put
from pophub.organizer.cost.cost_report import Form, before, so_far, told, told_estimate

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event of hub-config/events, or the path of an event file.")],
    *,
    estimate: Annotated[bool, typer.Option("--estimate", help="What it will cost, before there is a hub.")] = False,
    meter: Annotated[
        list[Path] | None, typer.Option(help="Copies of meter.jsonl, oldest first; else the shelf's.")
    ] = None,
    billed: Annotated[bool, typer.Option("--billed", help="Ask AWS what it billed: 0.01 USD a page.")] = False,
    names: Annotated[bool, typer.Option("--names", help="Name the participants; without, they are numbered.")] = False,
    gone: Annotated[datetime | None, typer.Option(help="When the hub was destroyed, in UTC.")] = None,
    now: Annotated[
        datetime | None, typer.Option(help="The moment to report, in UTC, as in 2027-03-04T12:00:00.")
    ] = None,
    form: Annotated[Form, typer.Option(help="What to print.")] = Form.TEXT,
    out: Annotated[Path | None, typer.Option(help="A file to write instead of printing.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Say what an event will cost (--estimate), or has cost until now, by whom, when, and where it will end.

    Without --meter the copy on the shelf is read, with the hub's own prices. Otherwise AWS is asked only for the price
    of a machine that the price table does not know.

    Examples:
        python scripts/cost_report.py geo-hackweek --estimate

        python scripts/cost_report.py geo-hackweek --billed --form html --out report.html

        python scripts/cost_report.py geo-hackweek --meter meter.jsonl --names --form csv
    """
    wanted = Form.JSON if json else form
    moment = (now or datetime.now(UTC)).replace(tzinfo=UTC)
    with organizer_errors(as_json=wanted is Form.JSON):
        if estimate:
            result = told_estimate(before(event, Aws(), now=moment), wanted)
        else:
            end = gone and gone.replace(tzinfo=UTC)
            result = told(so_far(event, Aws(), meter or [], now=moment, ask=billed, names=names, gone=end), wanted)
        put(result, out)


if __name__ == "__main__":
    app()
