"""Measure a machine from its start to an open hub, from nothing and from an image with all packages."""

from __future__ import annotations

import re
from pathlib import Path

from bench.figures import Figures
from bench.people import bench_event
from lab.machine.machine_lab import MachineLab
from pophub.organizer.deploy.terraform.attempt import Talk

STEP = re.compile(r"step \d+ of \d+ \((\w+)\): done in (\d+) s")


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """One boot of each; takes minutes."""
    with MachineLab(bench_event(), folder) as lab:
        columns = []
        for baked in (False, True):
            talk("the machine boots, " + ("pre-baked" if baked else "from nothing"))
            with lab.machine(baked=baked) as machine:
                healthy = machine.await_open()
                steps = dict(STEP.findall(machine.journal("pophub-install")))
            columns.append({**steps, "switched on to healthy": f"{healthy:.1f}"})
    bare, baked_in = columns
    rows = tuple((name, bare[name], baked_in.get(name, "")) for name in bare)
    return [Figures("the machine", ("seconds", "from nothing", "pre-baked"), rows)]
