"""`pophub explain`: what each error of a log means, and what to do next. It asks no service and changes nothing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import Json


def explain(
    log: Annotated[str, typer.Argument(help="A log file; `-` reads the standard input.")] = "-", *, json: Json = False
) -> None:
    """Explain the errors in a log, with the next step.

    It knows the errors of pophub, cdktf, Terraform, boto3, cloud-init, apt, pip and npm.
    Exits with 1 if there are errors in it.

    Examples:
        pophub explain .pophub/logs/deploy-geo-hackweek.LOG
        journalctl -u pophub-install | pophub explain - --json
    """
    from pophub.aws.refusals.report import as_json, as_text, read_log
    from pophub.organizer.cli.terminal import organizer_errors, print_json

    with organizer_errors(as_json=json):
        found = read_log(log)
    print_json(as_json(found)) if json else print(as_text(found))
    sys.exit(1 if found else 0)
