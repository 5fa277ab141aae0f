"""Explain a log: what each of its errors means, and what to do next. It asks nobody and changes nothing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pophub.aws.refusals.report import as_json, as_text, read_log
from pophub.organizer.cli.terminal import organizer_errors, print_json

app = typer.Typer(add_completion=False)


@app.command()
def main(
    log: Annotated[str, typer.Argument(help="A log file; `-` reads the standard input.")] = "-",
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")] = False,
) -> None:
    """Explain the errors in a log of pophub, cdktf, Terraform, boto3, cloud-init, apt, pip or npm, with the next step.

    Exits with 1 if there are errors in it.

    Examples:
        python scripts/explain.py .lab/logs/cdktf-deploy-geo-hackweek.log

        journalctl -u pophub-install | python scripts/explain.py - --json
    """
    with organizer_errors(as_json=json):
        found = read_log(log)
    print_json(as_json(found)) if json else print(as_text(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    app()
