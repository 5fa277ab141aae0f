"""Choose the demo for an event: with a hub as a process, or with machines for workers."""

from __future__ import annotations

from pathlib import Path

from lab.demo.demo import Demo
from lab.demo.workers_demo import WorkersDemo
from lab.steps import Steps
from pophub.organizer.event.event import Event


def plays_itself(event: Event) -> bool:
    """Whether the demo runs without people: a browser on this computer cannot reach the lab's machines."""
    return event.workers is not None


def play(steps: Steps, file: Path, event: Event, folder: Path, *, once: bool, port: int | None) -> None:
    """Run the whole demo. It waits for Ctrl-C, unless `once` is true or the event plays itself."""
    if plays_itself(event):
        WorkersDemo(steps, file, event, folder).drive()
        return
    demo = Demo(steps, file, event, folder, port=port)
    if once:
        demo.drive()
    else:
        demo.show()
