"""Look before a deploy at all that it needs, and say what is missing and what to do about it. It changes nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from pophub.aws.client import Aws
from pophub.organizer.cli.terminal import organizer_errors, print_json
from pophub.organizer.doctor import case_of, examine, exit_code
from pophub.organizer.doctor.render import as_json, as_text

app = typer.Typer(add_completion=False)


@app.command()
def main(
    event: Annotated[str, typer.Argument(help="An event, the path of an event file, or `account`.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Look at this computer, the AWS account, the address, sign-in, the image and the content before a deploy.

    Everything is asked at once, and 20 seconds are the most that it takes. It changes nothing.
    Green is well; yellow works, but look at it; red would make the deploy or the hub fail; unknown could not be asked.
    Exits with 1 if something is red.

    Examples:
        python scripts/doctor.py geo-hackweek

        python scripts/doctor.py hub-config/example-event.yaml --json
    """
    with organizer_errors(as_json=json):
        case = case_of(event, Aws(), clock=lambda: datetime.now(UTC))
        with Console(stderr=True).status("asking AWS and the others: up to 20 seconds"):
            findings = examine(case)
    print_json(as_json(findings)) if json else Console().print(as_text(findings))
    sys.exit(exit_code(findings))


if __name__ == "__main__":
    app()
