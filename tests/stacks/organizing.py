"""The organizer of an event that Terraform has made ends it by the command's own way, and can be killed at it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.aws import LabAws
from lab.site import LabSite
from pophub.hub.this_machine import moment
from pophub.organizer.deploy.terraform.app import TerraformApp
from pophub.organizer.destroy.destroy_event import destroy
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.end_steps import Organizer

OVER = "it ended by itself"
Talk = Callable[[str], None]


@contextmanager
def _quiet(what: str, how_long: str) -> Iterator[Talk]:
    yield lambda line: None


# whoever keeps the last snapshot
ORGANIZER = Organizer(lambda people: False, lambda *resources: False, lambda what: False, _quiet)


def end(
    site: LabSite,
    aws: LabAws,
    folder: Path,
    talk: Talk = lambda line: None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """As `pophub destroy` does it; `talk` hears how far it is."""
    app = TerraformApp(site.app.folder, environment or site.app._environment, talk)
    # a lock of its own, because a demo or a test beside it ends an event of this name
    return destroy(
        str(site.file), aws.as_scripts_see_it(), ORGANIZER, lambda _: app.destroy(site.event.name),
        archives=True, folder=folder, now=moment().at, pause=lambda seconds: time.sleep(seconds / 20), locks=folder,
    )  # fmt: skip


def end_and_be_killed(site: LabSite, aws: LabAws, folder: Path, at: str) -> None:
    """SIGKILL for the command, Terraform and its provider as soon as the output says `at`."""
    fork = multiprocessing.get_context("fork")
    heard, said = fork.Pipe(duplex=False)

    def ending() -> None:
        # a session of its own, as from another terminal
        os.setsid()
        try:
            end(site, aws, folder, said.send, site.ordinary_environment)
        finally:
            said.send(OVER)

    process = fork.Process(target=ending)
    process.start()
    while at not in (line := heard.recv()):
        assert line != OVER
    assert process.pid is not None
    for group in groups_below(process.pid):
        os.killpg(group, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def groups_below(ancestor: int) -> set[int]:
    """The process groups of a process and of all that it has started."""
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,pgid="], capture_output=True, text=True, check=True).stdout
    rows = [[int(number) for number in line.split()] for line in said.splitlines()]
    family = {ancestor}
    while more := {pid for pid, parent, _ in rows if parent in family} - family:
        family |= more
    return {group for pid, _, group in rows if pid in family}
