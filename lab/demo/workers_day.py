"""A day on workers: people come, the hub requests workers, one worker is lost, and in the evening the others end."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from lab.demo.people import expect
from lab.directory import Directory, Organization
from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from lab.machine.swarm import await_ready, nodes, place_of, services
from lab.machine.worker import LabWorker
from lab.machine.worker_group import WorkerGroup
from lab.plans import plan_of
from lab.steps import Steps
from lab.wait import wait_until
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.rehearsal.pages import Page
from pophub.hub.workers.decide import EMPTY
from pophub.organizer.event.event import Event

NAMES = ("ada", "grace", "katherine", "lise", "emmy", "octocat")
# the hub looks at its workers every ten seconds
POLL_SECONDS = 120
START_SECONDS = 300
# Swarm's heartbeat, and then the hub's own look at each server
NOTICE_SECONDS = 300
WATCH = "pophub-workers.service"
CLOCK = "/run/lab-clock"
# a service's clock since the boot, which decides how long a worker has been empty
LATER = """
import pathlib, time
of_the_kernel = time.clock_gettime_ns
later = pathlib.Path(__file__).with_name("later")
time.clock_gettime_ns = lambda clock: of_the_kernel(clock) + (int(later.read_text()) if later.exists() else 0)
"""


def crew_of(event: Event) -> Directory:
    """One person more than a worker holds; all of them may sign in.

    Raises:
        PophubError: a worker holds more people than the demo has.
    """
    plan = plan_of(event).workers
    assert plan is not None
    assert event.login.github is not None
    if plan.standard_slots >= len(NAMES):
        raise PophubError(
            f"a worker {plan.machine.name} holds {plan.standard_slots} servers, and only {len(NAMES)} people are played",
            hint="in a copy of the event file, name a smaller type in `workers.type`",
        )
    names = NAMES[: plan.standard_slots + 1]
    organization, _, team = event.login.github.allow[0].partition(":")
    return Directory(names, (Organization(organization, names, ((team, names),) if team else ()),))


@dataclass
class WorkersDay:
    """One day on a deployed hub; `machines` ends its workers."""

    steps: Steps
    lab: MachineLab
    hub: ContainerMachine
    group: WorkerGroup
    machines: ExitStack
    workers: dict[str, LabWorker] = field(default_factory=dict)

    def play(self) -> None:
        """From the first click to a hub without workers."""
        self._let_the_clock_be_moved()
        people = self._people_click()
        self._workers_are_born()
        lost, others = self._people_are_on_two_machines(people)
        self._one_is_lost(lost, others[0])
        self._next_click(lost[0])
        self._everybody_leaves(people)

    def _people_click(self) -> list[FakeParticipant]:
        with self.steps.step("more people click than a worker holds") as step:
            people = [FakeParticipant(self.hub.url, name) for name in self.lab.github.directory.people]
            for person in people:
                person.sign_in()
                person.request_server()
            names = ", ".join(person.name for person in people)
            step.result = f"{names}; there is no worker yet, and each holds {len(people) - 1} servers"
        return people

    def _workers_are_born(self) -> None:
        with self.steps.step("the hub asks for workers") as step:
            begun = time.monotonic()
            wait_until(lambda: len(self.group.instances) > 1, POLL_SECONDS, "the hub has asked for two workers")
            asked = f"{time.monotonic() - begun:.0f} s after the clicks"
            self._boot_new()
            step.result = f"{' and '.join(self.workers)} by itself, {asked}"
        with self.steps.step("the workers join") as step:
            seconds = [await_ready(self.hub, it, "ready active", "ready pause") for it in self.workers.values()]
            step.result = f"{' and '.join(f'{it:.0f} s' for it in seconds)} after their birth"

    def _boot_new(self) -> None:
        """Switch on the machine of each instance that the group has launched."""
        plan = plan_of(self.lab.event).workers
        assert plan is not None
        for instance_id in self.group.instances:
            if instance_id not in self.workers:
                memory = int(plan.machine.memory_gib)
                worker = self.lab.worker(self.hub, len(self.workers), launched=instance_id, memory_gib=memory)
                self.workers[instance_id] = self.machines.enter_context(worker)

    def _await_server(self, person: FakeParticipant) -> str:
        """Wait for a server, and for a worker if it needs a new one; returns where it runs."""

        def runs() -> bool:
            self._boot_new()
            if person.server_is_running():
                return True
            if _has_no_server(person):
                page = Page(person.get(f"/hub/user/{person.name}").text).text
                raise PophubError(f"the server of {person.name} did not start: {page}", code=ExitCode.REFUSED)
            return False

        wait_until(runs, START_SECONDS, f"the server of {person.name} answers", every_seconds=0.5)
        person.open_server()
        return place_of(self.hub, person.name)

    def _people_are_on_two_machines(
        self, people: list[FakeParticipant]
    ) -> tuple[list[FakeParticipant], list[FakeParticipant]]:
        """Those on the fuller machine, and the others."""
        with self.steps.step("people are on two machines") as step:
            places: dict[str, list[FakeParticipant]] = {}
            for person in people:
                places.setdefault(self._await_server(person), []).append(person)
                person.write_file("notes.txt", f"{person.name}'s")
            expect(len(places), 2)
            on = (f"{', '.join(it.name for it in found)} on {place}" for place, found in places.items())
            step.result = f"{'; '.join(on)}; 6 * 7 is {expect(people[0].execute('print(6 * 7)').strip(), '42')}"
        fewer, most = sorted(places.values(), key=len)
        return most, fewer

    def _one_is_lost(self, lost: list[FakeParticipant], other: FakeParticipant) -> None:
        with self.steps.step("one machine is lost") as step, other.kernel() as run:
            run("answer = 42")
            instance_id = place_of(self.hub, lost[0].name)
            self.workers[instance_id].stop()
            self.group.lose(instance_id)
            begun = time.monotonic()
            wait_until(lambda: all(_has_no_server(it) for it in lost), NOTICE_SECONDS, "the hub has noticed it")
            seconds = time.monotonic() - begun
            read = {_heading(person.get(f"/user/{person.name}/lab").text) for person in lost}
            kept = expect(run("print(answer)").strip(), "42")
            step.result = (
                f"{instance_id}; after {seconds:.0f} s {', '.join(it.name for it in lost)} read "
                f"“{' / '.join(sorted(read))}”; {other.name}'s kernel goes on, and its variable is {kept}"
            )

    def _next_click(self, person: FakeParticipant) -> None:
        with self.steps.step("the next click") as step:
            begun = time.monotonic()
            person.request_server()
            place = self._await_server(person)
            kept = expect(person.read_file("notes.txt"), f"{person.name}'s")
            step.result = f"{person.name} is on {place} after {time.monotonic() - begun:.0f} s; the file is {kept}"

    def _everybody_leaves(self, people: list[FakeParticipant]) -> None:
        with self.steps.step("scaled in") as step:
            for person in people:
                person.sign_out()
            wait_until(self._is_empty, NOTICE_SECONDS, "the hub has paused the empty workers")
            # so that nobody waits for it
            later = EMPTY + timedelta(minutes=1)
            (self.hub.root / CLOCK.lstrip("/") / "later").write_text(str(later // timedelta(microseconds=1) * 1000))
            wait_until(lambda: not self.group.instances, POLL_SECONDS, "the hub has ended its workers")
            for worker in self.workers.values():
                worker.stop()
            minutes = EMPTY // timedelta(minutes=1)
            step.result = (
                f"0 workers left: each ends {minutes} minutes after its last server, by a clock that was put forward"
            )

    def _is_empty(self) -> bool:
        return not services(self.hub) and "ready active" not in nodes(self.hub).values()

    def _let_the_clock_be_moved(self) -> None:
        """Only that of the service which looks after the workers."""
        clock = self.hub.root / CLOCK.lstrip("/")
        clock.mkdir()
        (clock / "sitecustomize.py").write_text(LATER)
        drop_in = self.hub.root / f"etc/systemd/system/{WATCH}.d/clock.conf"
        drop_in.write_text(f"[Service]\nEnvironment=PYTHONPATH={CLOCK}\n")
        self.hub.run("systemctl", "daemon-reload")
        self.hub.run("systemctl", "restart", WATCH)


def _has_no_server(person: FakeParticipant) -> bool:
    return not person.ask_api("GET", f"users/{person.name}").json()["servers"]


def _heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return " ".join(found[1].split()) if found else "nothing"
