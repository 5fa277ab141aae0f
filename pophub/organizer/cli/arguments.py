"""The arguments and options that several commands share, and how a shell completes the name of an event."""

from __future__ import annotations

from typing import Annotated

import typer

from pophub.organizer.paths import event_names


def event_starting(incomplete: str) -> list[str]:
    return [name for name in event_names() if name.startswith(incomplete)]


def _events_and_account(incomplete: str) -> list[str]:
    return [*event_starting(incomplete), *(["account"] if "account".startswith(incomplete) else [])]


Event = Annotated[
    str,
    typer.Argument(help="An event of hub-config/events, or the path of an event file.", autocompletion=event_starting),
]
PastEvent = Annotated[
    str, typer.Argument(help="An event; its file need not exist any more.", autocompletion=event_starting)
]
EventOrAccount = Annotated[
    str,
    typer.Argument(help="An event, the path of an event file, or `account`.", autocompletion=_events_and_account),
]
Region = Annotated[str | None, typer.Option(help="The event's region; needed if the event file is missing.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object; on error too.")]
