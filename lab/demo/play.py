"""The kind of demo that fits an event."""

from __future__ import annotations

from pathlib import Path

from lab.demo.demo import Demo
from lab.steps import Steps
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event


def play(steps: Steps, file: Path, event: Event, folder: Path, *, once: bool, port: int | None) -> None:
    """From the event's deployment to its end; unless `once`, it waits for Ctrl-C between.

    Raises:
        PophubError: the event has workers.
    """
    if event.workers is not None:
        hint = "in a copy of the event file, leave `workers` out"
        raise PophubError("an event with `workers` cannot be shown by a process of this computer", hint=hint)
    demo = Demo(steps, file, event, folder, port=port)
    if once:
        demo.drive()
    else:
        demo.show()
