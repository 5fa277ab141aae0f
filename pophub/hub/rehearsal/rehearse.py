"""One rehearsal from start to end: objections, people, and the sweep, which runs whatever happened before."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from pophub.hub import this_machine
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.rehearsal.objections import Situation, Wanted, require_no_objection, somebody_came
from pophub.hub.rehearsal.result import Machine, Result
from pophub.hub.rehearsal.sweep import Paths, alone, mark, real_at_work, sweep
from pophub.hub.rehearsal.visits import Crowd

# how often it checks whether a real person has come
POLL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """The event's part of the result."""

    name: str
    instance_type: str
    memory_limit: int
    home_limit: int
    server_limit: int
    on_workers: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """What a rehearsal needs: the hub's API with its token, folders, a look at the situation, and a function for progress."""

    api: HubApi
    paths: Paths
    situation: Callable[[], Situation]
    talk: Callable[[str], None]
    poll_seconds: float = POLL_SECONDS


def rehearse(stage: Stage, crowd: Crowd, event: Event, wanted: Wanted) -> Result:
    """Play the rehearsal, remove everything of it, and return the result.

    Raises:
        PophubError: it may not begin, or a part of it could not be removed.
    """
    with alone(stage.paths):
        there = _begin(stage, wanted)
        before = this_machine.memory(crowd.proc)
        mark(stage.paths, there.now + timedelta(minutes=wanted.minutes))
        try:
            cut_short = _play(stage, crowd, wanted)
            disk = os.statvfs(stage.paths.homes)
        finally:
            stage.talk("the pretended people and their homes are removed")
            sweep(stage.api, stage.paths)
    machine = Machine(
        vcpus=os.cpu_count() or 1,
        memory=before[0],
        available_before=before[1],
        available_least=crowd.available_least or before[1],
        busy=round(crowd.busy, 3),
        opening=round(crowd.opening, 3),
        disk=disk.f_blocks * disk.f_frsize,
        disk_free=disk.f_bavail * disk.f_frsize,
    )
    return _result(crowd, event, machine, there, cut_short)


def _begin(stage: Stage, wanted: Wanted) -> Situation:
    """The situation before the rehearsal, after what an earlier one has left is removed."""
    if stage.paths.marker.exists():
        stage.talk("an earlier rehearsal was cut off: what it left is removed")
        sweep(stage.api, stage.paths)
    there = stage.situation()
    require_no_objection(wanted, there)
    return there


def _result(crowd: Crowd, event: Event, machine: Machine, there: Situation, cut_short: str) -> Result:
    return Result(
        event=event.name,
        at=there.now.isoformat(timespec="seconds"),
        instance_type=event.instance_type,
        visits=tuple(crowd.visits.values()),
        machine=machine,
        servers=crowd.servers,
        memory_limit=event.memory_limit,
        home_limit=event.home_limit,
        server_limit=event.server_limit,
        notebook=crowd.course.notebook,
        cut_short=cut_short,
        notes=("servers run on workers: what they take is not known here",) if event.on_workers else (),
    )


def _play(stage: Stage, crowd: Crowd, wanted: Wanted) -> str:
    """Take all steps; returns why it was cut short, or an empty text."""
    with _watching_for_people(stage, crowd, wanted) as why:
        steps = (
            (f"{wanted.people} pretended people sign in", crowd.sign_in),
            (f"{wanted.people} servers start together", crowd.start),
            ("they work", crowd.work),
        )
        for words, step in steps:
            if not crowd.over.is_set():
                stage.talk(words)
                step()
        stage.talk("they leave")
        crowd.leave()
    return why[0] if why else ""


@contextmanager
def _watching_for_people(stage: Stage, crowd: Crowd, wanted: Wanted) -> Iterator[list[str]]:
    """End the visit when a real person has a server or the time is over. A hub that does not answer is asked again."""
    ended, why = threading.Event(), list[str]()

    def poll() -> None:
        waited = 0.0
        while not ended.wait(stage.poll_seconds):
            waited += stage.poll_seconds
            reason = "its time is over" if waited > wanted.minutes * 60 else ""
            with suppress(HubSilent, HubRefused):
                reason = somebody_came(real_at_work(stage.api.users())) or reason
            if reason:
                why.append(reason)
                crowd.over.set()
                return

    watching = threading.Thread(target=poll, daemon=True)
    watching.start()
    try:
        yield why
    finally:
        ended.set()
        watching.join()
