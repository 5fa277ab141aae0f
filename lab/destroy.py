"""The end of an event in the lab, by the organizer's own command: its machine archives the homes that its hub has left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lab.agent import PROGRAMS, register
from lab.aws import LabAws
from lab.plans import plan_of
from lab.site import LabSite
from lab.steps import Steps
from pophub.core.contract import METER_FILE, REPORTS, WATCH_TOKEN_FILE
from pophub.core.cost.records import Kind, Moment, as_line, of_hub, of_server
from pophub.hub.this_machine import moment
from pophub.organizer.deploy.terraform.attempt import Talk
from pophub.organizer.destroy.destroy_event import destroy
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.end_steps import Organizer

# the lab's hub is not a systemd unit, and is already closed when its machine is asked to close it
ABSENT = ("systemctl", "docker")


@dataclass(frozen=True, slots=True)
class LabDestroy:
    """A deployed event whose machine's agent is up."""

    site: LabSite
    aws: LabAws
    steps: Steps

    def run(self, folder: Path, *, locks: Path, empty: bool = False) -> Ended:
        """Archive, write the pages, destroy, prove; the pages about the event go into `folder`, the lock into `locks`.

        `empty`: nobody came, so there are no homes.
        """
        organizer = Organizer(lambda people: True, lambda *resources: True, lambda what: empty, self._progress)
        return destroy(
            str(self.site.file),
            self.aws.as_scripts_see_it(),
            organizer,
            self._take_away,
            archives=True,
            folder=folder,
            now=moment().at,
            locks=locks,
            # a command of AWS's takes some seconds, one of the lab's a fraction of one
            pause=lambda seconds: time.sleep(seconds / 10),
        )

    def note(self, users: Collection[str], began: Moment, ended: Moment) -> None:
        """Store in the account bucket what a hub's meter would have recorded of one server each between two times."""
        event, deployed = self.site.event, self.site.deployment()
        machine, memory = plan_of(event).instance_type, Decimal(event.server.memory_gib)
        records = (
            of_hub(Kind.START, began, machine=machine, disk_gib=event.disk_gib),
            *(of_server(Kind.SERVER_START, began, it, "", started=began.at, memory_gib=memory) for it in users),
            *(of_server(Kind.SERVER_STOP, ended, it, "", started=began.at) for it in users),
            of_hub(Kind.STOP, ended),
        )
        self.aws.client("s3", deployed.bucket_region).put_object(
            Bucket=deployed.bucket, Key=f"{REPORTS}/{event.name}/{METER_FILE}", Body=b"".join(map(as_line, records))
        )

    def stand_in_for_the_machine(self, bundle: Path, homes: Path) -> None:
        """Let an agent run what the machine's would, where the hub was a process of this computer and has closed.

        `bundle` is what the machine would have fetched, `homes` are the participants' folders.
        """
        root = self.aws.machine(self.site.deployment().instance_id)
        (root / "opt/pophub").mkdir(parents=True)
        (root / "opt/pophub/bundle").symlink_to(bundle.resolve())
        (root / PROGRAMS).mkdir()
        for name in ABSENT:
            (root / PROGRAMS / name).write_text('#!/bin/sh\n[ "$1" != is-active ]\n')
            (root / PROGRAMS / name).chmod(0o755)
        (root / WATCH_TOKEN_FILE).touch()
        places = {
            "RUN": root,
            "HOMES": homes,
            "SHARED": homes / "none",
            "MEMORY": root,
            "WATCH": root / WATCH_TOKEN_FILE,
            "PYTHON": sys.executable,
        }
        # nothing listens on port 9, as with every hub that has closed
        register(root, **{name: str(place) for name, place in places.items()}, HUB_URL="http://127.0.0.1:9",
                 **self.aws.environment)  # fmt: skip

    def _take_away(self, talk: Callable[[str], None]) -> None:
        self.site.app.destroy(self.site.event.name)
        talk("destroyed")

    @contextmanager
    def _progress(self, what: str, _: str) -> Iterator[Talk]:
        with self.steps.step(what) as step:

            def talk(line: str) -> None:
                step.result = line
                self.steps.talk(line)

            yield talk
