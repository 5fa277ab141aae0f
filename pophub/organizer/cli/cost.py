"""`pophub cost`: what an event will cost, or has cost: for a person, a program, a spreadsheet or a funder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.core.cost.forms import Form
from pophub.organizer.cli.arguments import Event, Json


def cost(
    event: Event,
    *,
    estimate: Annotated[bool, typer.Option("--estimate", help="What it will cost, before there is a hub.")] = False,
    meter: Annotated[
        list[Path] | None,
        typer.Option(help="Copies of meter.jsonl, oldest first; default: the copy in the account bucket."),
    ] = None,
    billed: Annotated[bool, typer.Option("--billed", help="Ask AWS what it billed: 0.01 USD a page.")] = False,
    names: Annotated[bool, typer.Option("--names", help="Name the participants; otherwise they get numbers.")] = False,
    gone: Annotated[datetime | None, typer.Option(help="When the hub was destroyed, in UTC.")] = None,
    now: Annotated[datetime | None, typer.Option(help="The moment to report, in UTC: 2027-03-04T12:00:00.")] = None,
    form: Annotated[Form, typer.Option(help="The output format.")] = Form.TEXT,
    out: Annotated[Path | None, typer.Option(help="A file to write instead of printing.")] = None,
    json: Json = False,
) -> None:
    """Report what an event has cost, or will cost.

    What it has cost until now, by whom, when, and where it will end; with --estimate, what it will cost.
    Without --meter the copy in the account bucket is read, with the hub's own prices. Otherwise AWS is asked only for
    the price of a machine that the price table does not know, and by --estimate for what the event was deployed with.

    Examples:
        pophub cost geo-hackweek --estimate
        pophub cost geo-hackweek --billed --form html --out report.html
        pophub cost geo-hackweek --meter meter.jsonl --names --form csv
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, put
    from pophub.organizer.cost.cost_report import before, rendered, rendered_estimate, so_far

    form = Form.JSON if json else form
    now = (now or datetime.now(UTC)).replace(tzinfo=UTC)
    with organizer_errors(as_json=form is Form.JSON):
        if estimate:
            put(rendered_estimate(before(event, Aws(), now=now), form), out)
            return
        end = gone and gone.replace(tzinfo=UTC)
        found = so_far(event, Aws(), meter or [], now=now, ask=billed, names=names, gone=end)
        put(rendered(found, form, event), out)
