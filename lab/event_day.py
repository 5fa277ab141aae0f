"""An event's days on a fast clock: schedules that fire, a machine that starts and stops, people, and cost-watch.

The machine is an instance of the lab AWS; cost-watch is the hub's own code in a process of its own. It runs once for
each minute of the clock, as fast as this computer can.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab.aws import LabAws
from lab.fake_hub import FakeHub
from lab.running import Running
from lab.scheduler import Firing, LabScheduler
from lab.watching import Watching
from pophub.core.contract import WATCH_SETTINGS_FILE
from pophub.core.cost.records import Moment

MINUTE = timedelta(minutes=1)
# from the instance's start until the hub answers
BOOT = 3 * MINUTE


@dataclass(frozen=True, slots=True)
class Visit:
    """A person who works from `arrive` to `leave`."""

    user: str
    arrive: datetime
    leave: datetime


@dataclass(frozen=True, slots=True)
class Switch:
    """The machine was switched on or off by `by`: a schedule's name, a person or cost-watch."""

    at: datetime
    state: str
    by: str


class EventDay(Running):
    """A context manager; `play` continues where it stopped. `settings` are the bundle's settings of cost-watch."""

    def __init__(
        self, aws: LabAws, region: str, group: str, instance: str, *, settings: Mapping[str, Any], folder: Path,
        start: datetime,
    ) -> None:  # fmt: skip
        self.now, self.switches, self.decisions = start.astimezone(UTC), list[Switch](), list[dict[str, Any]]()
        # people who found the hub off
        self.turned_away: set[str] = set()
        self._ec2, self._instance, self._folder = aws.client("ec2", region), instance, folder
        self._scheduler = LabScheduler(aws, region, group)
        for name in ("run", "home", "proc"):
            (folder / name).mkdir(parents=True)
        (folder / WATCH_SETTINGS_FILE).write_text(json.dumps(settings))
        self.hub = FakeHub(folder / "proc", start)
        self._watch: Watching | None = None
        self._booted: datetime | None = None

    def play(self, until: datetime, visits: Sequence[Visit] = ()) -> None:
        """Play minute by minute until `until`.

        Firings are read for a day more at both ends, because a schedule's days are those of its time zone.
        """
        day = timedelta(days=1)
        due: dict[datetime, list[Firing]] = {}
        for firing in self._scheduler.firings((self.now - day).date(), (until + day).date()):
            due.setdefault(firing.at, []).append(firing)
        while self.now < until:
            self.hub.at(self.now)
            for firing in due.get(self.now, ()):
                self._scheduler.fire(firing)
                self._see(firing.name)
            self._people([it for it in visits if it.arrive <= self.now < it.leave])
            self._look()
            self.now += MINUTE

    def start_by_hand(self) -> None:
        """Start the machine as an organizer does, from the laptop."""
        self._ec2.start_instances(InstanceIds=[self._instance])
        self._see("hand")

    def kill_the_watch(self) -> None:
        """End cost-watch; it does not start again before the next boot."""
        assert self._watch
        self._watch.kill()
        self._watch = None

    def stop(self) -> None:
        """End everything that was started."""
        if self._watch:
            self.kill_the_watch()
        self.hub.stop()

    def _see(self, by: str) -> None:
        """Record a switch if the last call has changed the machine's state."""
        found = self._ec2.describe_instances(InstanceIds=[self._instance])
        on = found["Reservations"][0]["Instances"][0]["State"]["Name"] in ("pending", "running")
        if on and self._booted is None:
            self._boot()
        elif not on and self._booted is not None:
            self._booted = None
            self.hub.power_off()
            if self._watch:
                self.kill_the_watch()
        else:
            return
        self.switches.append(Switch(self.now, "on" if on else "off", by))

    def _boot(self) -> None:
        """A boot clears /run."""
        self._booted = self.now
        shutil.rmtree(self._folder / "run")
        (self._folder / "run").mkdir()
        (self._folder / "proc" / "stat").write_text(f"btime {int(self.now.timestamp())}\n")
        self._watch = Watching(self._folder, self.hub.url)

    def _people(self, here: list[Visit]) -> None:
        answers = self._booted is not None and self.now >= self._booted + BOOT
        for visit in here:
            if answers:
                self.hub.work(visit.user)
            else:
                self.turned_away.add(visit.user)

    def _look(self) -> None:
        if self._watch is None or self._booted is None or self.now < self._booted + BOOT:
            return
        up = int((self.now - self._booted).total_seconds() * 1000)
        found = self._watch.run_once(Moment(self.now, f"boot of {self._booted:%d %H:%M}", up))
        self.decisions.append(found["decision"])
        if found["off"]:
            # stops the instance as on AWS, where a power-off stops it
            self._ec2.stop_instances(InstanceIds=[self._instance])
            self._see("watch")
