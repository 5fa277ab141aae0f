"""`pophub mail`: a text for each participant, to be sent with the organizer's own mail program. It sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pophub.aws.bucket import LONGEST_LINK_DAYS
from pophub.organizer.cli.arguments import Event, Json
from pophub.organizer.people.occasion import Occasion


def mail(
    event: Event,
    occasion: Annotated[Occasion, typer.Argument(help="What the texts are about.")],
    *,
    to: Annotated[Path | None, typer.Option(help="A new folder; by default EVENT-mail-OCCASION.")] = None,
    days: Annotated[int, typer.Option(help="For `files`: how long the links work.")] = LONGEST_LINK_DAYS,
    json: Json = False,
) -> None:
    """Write a text for each participant: invitation, day-before, last-day or files.

    The folder gets a text file for each person of the event's roster, and mail.csv for a mail merge. An event
    without a roster gets one text for everybody; `files` writes a text for each archived home. Nothing is sent.

    Examples:
        pophub mail geo-hackweek invitation
        pophub mail geo-hackweek files --days 3
    """
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.people.mail import write_letters

    with organizer_errors(as_json=json):
        outcome = write_letters(event, occasion, to, days, now=datetime.now(UTC))
    print_json(outcome.facts) if json else print(outcome.text)
