"""Many people for a bench: an event with room for them, and a GitHub directory that contains them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from lab.directory import Directory
from lab.machine.machine import LabMachine
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT


def bench_event() -> Event:
    """The example event without content, because its repository does not exist in the lab."""
    event = load_event(EXAMPLE_EVENT)
    return event.model_copy(update={"server": event.server.model_copy(update={"content": None})})


def crowd(event: Event, people: int) -> tuple[Directory, list[str]]:
    """The event's directory with this many more members, and their names."""
    names = [f"member-{number:03}" for number in range(people)]
    directory = Directory.for_event(event)
    members = tuple(
        replace(organization, members=(*organization.members, *names))
        if organization.name != "elsewhere"
        else organization
        for organization in directory.organizations
    )
    return Directory((*directory.people, *names), members), names


@contextmanager
def visiting(machine: LabMachine) -> Iterator[None]:
    """Send this process's requests to the machine for a while."""
    before = dict(os.environ)
    os.environ.update(machine.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
