"""The kind of demo that fits an event."""

from __future__ import annotations

from pathlib import Path

from lab.demo.demo import Demo
from lab.demo.workers_demo import WorkersDemo
from lab.steps import Steps
from pophub.organizer.event.event import Event


def plays_itself(event: Event) -> bool:
    """Whether nobody can look at the hub: a browser of this computer does not reach machines of the lab."""
    return event.workers is not None


def play(steps: Steps, file: Path, event: Event, folder: Path, *, once: bool, port: int | None) -> None:
    """From the event's deployment to its end; unless `once` or the event plays itself, it waits for Ctrl-C between."""
    if plays_itself(event):
        WorkersDemo(steps, file, event, folder).drive()
        return
    demo = Demo(steps, file, event, folder, port=port)
    if once:
        demo.drive()
    else:
        demo.show()
