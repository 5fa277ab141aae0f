"""Measure a rehearsal: as many pretended people as this computer holds start servers on the lab's machine at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figures
from bench.memory import room
from bench.people import bench_event
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, HUB_FOLDER, METER_FILE
from pophub.organizer.deploy.terraform.attempt import Talk
from pophub.organizer.running.rehearse import rows

IDLE_SECONDS, LONGEST_SECONDS = 10, 1800
PROGRAM = f"{BUNDLE_FOLDER}/cloud-init/archive.sh"


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """One boot and one rehearsal; takes minutes."""
    with MachineLab(bench_event(), folder) as lab, lab.machine() as machine:
        talk("the machine boots")
        machine.await_open()
        # without a meter, what was spent is not known, and there is no rehearsal
        wait_until(lambda: METER_FILE in machine.run("ls", HUB_FOLDER), 180, "cost-watch has begun the meter")
        people = str(room())
        talk(f"{people} pretended people")
        # what it says meanwhile is no figure
        command = ("sh", "-c", 'exec "$0" "$@" 2>/dev/null', PROGRAM, "rehearse", "--people", people)
        output = machine.run(*command, "--idle", str(IDLE_SECONDS), seconds=LONGEST_SECONDS, check=False)
    return [figures_of(json.loads(output.splitlines()[-1]))]


def figures_of(found: Mapping[str, Any]) -> Figures:
    """The rehearsal's table."""
    return Figures("a rehearsal", ("", "figures"), tuple(rows(found)))
