"""The pretended people: they take each step of their visit all at once, and the step is measured.

One person's failure does not stop the others; failures are part of the result.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from tornado.httpclient import HTTPClientError

from pophub.core.contract import PRETENDED
from pophub.core.errors import PophubError
from pophub.hub import this_machine
from pophub.hub.archive.homes import home_of
from pophub.hub.rehearsal import measure, result
from pophub.hub.rehearsal.cell import run_cells
from pophub.hub.rehearsal.participant import Participant
from pophub.hub.rehearsal.result import Servers, Visit

# JupyterHub itself gives up a start after this time (hub-config/sections/servers.py)
START_SECONDS, CELL_SECONDS, CONTENT_SECONDS = 600, 300, 180
SAMPLE_SECONDS = 0.5
# the errors of a failed step
FAILURES = (PophubError, requests.RequestException, HTTPClientError, OSError, ValueError, KeyError)


@dataclass(frozen=True, slots=True)
class Course:
    """What each person does. `notebook` is a path in the home; its first `cells` code cells are run."""

    people: int
    idle_seconds: float = 60
    notebook: str = ""
    cells: int = 1
    # the folder of the event's content in a home; empty if the event has none
    content: str = ""


@dataclass(slots=True)
class Crowd:
    """The people of one rehearsal. If `over` is set, nobody begins another step."""

    hub_url: str
    token: str
    course: Course
    homes: Path
    here: bool = False
    proc: Path = measure.PROC
    over: threading.Event = field(default_factory=threading.Event)
    people: list[Participant] = field(init=False)
    visits: dict[str, Visit] = field(init=False)
    servers: Servers = field(default_factory=Servers)
    available_least: int = 0
    busy: float = 0.0
    opening: float = 0.0

    def __post_init__(self) -> None:
        width = len(str(self.course.people))
        names = [f"{PRETENDED}{number:0{width}}" for number in range(1, self.course.people + 1)]
        self.people = [Participant(self.hub_url, name, here=self.here) for name in names]
        self.visits = {name: Visit(name) for name in names}

    def sign_in(self) -> None:
        """Everybody signs in at once."""
        self._each(lambda person: replace(self.visits[person.name], sign_in=_seconds(lambda: person.enter(self.token))))

    def start(self) -> None:
        """Everybody clicks on "start" at once, while the machine is measured."""
        before, begin = self._busy(), time.monotonic()
        with self._watching_memory():
            self._each(self._start)
        self.busy, self.opening = self._busy() - before, time.monotonic() - begin
        taken = measure.servers(self.proc)
        self.servers = replace(
            self.servers,
            started_with=[it.memory for it in taken.values()],
            cpu_seconds=[it.cpu_seconds for it in taken.values()],
        )

    def work(self) -> None:
        """Everybody runs the cells, and then does nothing for a while, like people who read."""
        with self._watching_memory():
            if self.course.notebook:
                self._each(self._run)
            self.over.wait(self.course.idle_seconds)
            if not self.over.is_set():
                self._note_what_is_used()

    def leave(self) -> None:
        """Everybody signs out, which stops their servers."""
        with ThreadPoolExecutor(max(1, len(self.people))) as pool:
            list(pool.map(_leave, self.people))

    def _busy(self) -> float:
        """The machine's processor seconds without those of this program, which real people do not need on the machine."""
        return measure.busy_seconds(self.proc) - time.process_time()

    def _each(self, step: Callable[[Participant], Visit]) -> None:
        def one(person: Participant) -> None:
            visit = self.visits[person.name]
            if visit.failure or self.over.is_set():
                return
            try:
                self.visits[person.name] = step(person)
            except FAILURES as error:
                self.visits[person.name] = replace(visit, failure=f"{error}" or type(error).__name__)

        with ThreadPoolExecutor(max(1, len(self.people))) as pool:
            list(pool.map(one, self.people))

    def _start(self, person: Participant) -> Visit:
        seconds = _seconds(lambda: person.start_server(seconds=START_SECONDS))
        content = self._has_content(person.name) if self.course.content else None
        return replace(self.visits[person.name], start=seconds, content=content)

    def _run(self, person: Participant) -> Visit:
        if self.course.content and self.course.notebook.startswith(f"{self.course.content}/"):
            self.await_content(person.name)
        cells = person.notebook_cells(self.course.notebook)[: self.course.cells]
        with person.new_kernel() as channels:
            seconds = _seconds(
                lambda: run_cells(channels, person.server_cookies(), cells, CELL_SECONDS, here=self.here)
            )
        return replace(self.visits[person.name], cells=seconds)

    def await_content(self, name: str) -> None:
        """Wait for the event's content as a person does who does not see it yet: if it is late, it comes after JupyterLab.

        Raises:
            PophubError: it does not come.
        """
        end = time.monotonic() + CONTENT_SECONDS
        while not self._has_content(name):
            if time.monotonic() >= end or self.over.wait(SAMPLE_SECONDS):
                raise PophubError(f"the event's content {result.NOT_THERE} within {CONTENT_SECONDS} s after JupyterLab")

    def _note_what_is_used(self) -> None:
        homes = measure.home_bytes(self.homes)
        there = [it for it in self.visits.values() if it.start is not None]
        missing = sum(not self._has_content(it.name) for it in there) if self.course.content else None
        taken = measure.servers(self.proc)
        worked = [it.memory for it in taken.values()]
        self.servers = replace(self.servers, worked_with=worked, homes=list(homes.values()), without_content=missing)

    def _has_content(self, name: str) -> bool:
        homes = (self.homes / folder / self.course.content for folder in (home_of(name).folder, name))
        return any(it.is_dir() for it in homes)

    @contextmanager
    def _watching_memory(self) -> Iterator[None]:
        ended = threading.Event()

        def poll() -> None:
            while True:
                available = this_machine.memory(self.proc)[1]
                self.available_least = min(self.available_least or available, available)
                if ended.wait(SAMPLE_SECONDS):
                    return

        watching = threading.Thread(target=poll, daemon=True)
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()


def _leave(person: Participant) -> None:
    # the sweep removes a person who cannot leave
    with suppress(*FAILURES):
        person.sign_out()


def _seconds(step: Callable[[], object]) -> float:
    begin = time.monotonic()
    step()
    return round(time.monotonic() - begin, 3)
