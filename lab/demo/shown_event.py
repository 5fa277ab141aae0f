"""The event of the demo: the organizer's own, by its name or its file's path, or an example."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, WORKERS_EXAMPLE, event_file

EXAMPLES = {file.stem: file for file in (EXAMPLE_EVENT, WORKERS_EXAMPLE)}


def shown_event(name: str | None, now: datetime) -> tuple[Path, Event]:
    """The event file and its event; without a name, the example. Examples are valid after their dates too.

    Raises:
        PophubError: there is no such file, it is not valid, or its event has ended.
    """
    file = EXAMPLE_EVENT if name is None else event_file(name)
    if name in EXAMPLES and not file.exists():
        file = EXAMPLES[name]
    return file, load_event(file, now=None if file.resolve() in EXAMPLES.values() else now)
