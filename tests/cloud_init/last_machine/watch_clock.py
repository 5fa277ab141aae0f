"""The clock of cost-watch on a lab machine, moved on. This computer's clock stays."""

from __future__ import annotations

from datetime import timedelta

from lab.machine.container import ContainerMachine
from tests.cloud_init.conftest import FAKETIME

# the services whose clock is moved
CLOCKED = ("pophub-watch.service", "pophub-stop.service")
# libfaketime gives the time of day for it
SINCE_THE_BOOT = """
import time
of_the_kernel = time.clock_gettime_ns
time.clock_gettime_ns = lambda clock: of_the_kernel(clock) + {nanoseconds}
"""


def skip(machine: ContainerMachine, span: timedelta) -> None:
    """From its next look on the watch's two clocks are ahead by a span: the time of day, and the time since the boot."""
    run, seconds = machine.root / "run", int(span.total_seconds())
    (run / "lab" / "sitecustomize.py").write_text(SINCE_THE_BOOT.format(nanoseconds=seconds * 10**9))
    lines = (
        f"[Service]\nEnvironment=PYTHONPATH=/run/lab LD_PRELOAD={FAKETIME} FAKETIME=+{seconds} DONT_FAKE_MONOTONIC=1\n"
    )
    for unit in CLOCKED:
        folder = run / "systemd/system" / f"{unit}.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clock.conf").write_text(lines)
    machine.run("systemctl", "daemon-reload")
