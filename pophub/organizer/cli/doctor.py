"""`pophub doctor`: what a deploy needs and does not have yet. It changes nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from pophub.organizer.cli.arguments import EventOrAccount, Json


def doctor(event: EventOrAccount, *, json: Json = False) -> None:
    """Look for what would make a deploy or the hub fail.

    It asks about this computer, the AWS account, the address, sign-in, the image and the content.
    Everything is asked at once. It takes at most 20 seconds and changes nothing.
    Green: fine. Yellow: works, but check it. Red: the deploy or the hub would fail. Unknown: could not be asked.
    Exits with 1 if something is red.

    Examples:
        pophub doctor geo-hackweek
        pophub doctor account
        pophub doctor hub-config/example-event.yaml --json
    """
    from rich.console import Console

    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.doctor import case_of, examine, exit_code
    from pophub.organizer.doctor.render import as_json, as_text

    with organizer_errors(as_json=json):
        case = case_of(event, Aws(), clock=lambda: datetime.now(UTC))
        with Console(stderr=True).status("asking AWS and the others: up to 20 seconds"):
            findings = examine(case)
    print_json(as_json(findings)) if json else Console().print(as_text(findings))
    sys.exit(exit_code(findings))
