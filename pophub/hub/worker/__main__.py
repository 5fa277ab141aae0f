"""Report to the hub every five seconds, and end this worker if the hub is gone.

pophub-worker.service runs `python3 -m pophub.hub.worker`; it needs only Python's standard library. A thread writes the
report to the hub's disk, because a write blocks while the hub is away, and meanwhile this worker must still count the time.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pophub.core import contract
from pophub.core.errors import ExitCode
from pophub.hub.server_memory import CGROUPS, memory_of_servers
from pophub.hub.watch.processes import computed
from pophub.hub.worker.alone import Alone, End
from pophub.hub.worker.computing import Computing
from pophub.hub.worker.metadata import Metadata, Unreadable
from pophub.hub.worker_reports import report_file

EVERY_SECONDS = 5
MANAGER_SECONDS = 3.0
END_SECONDS = 120
CERTIFICATE = "swarm/certificates/swarm-node.crt"
# a process of its own, because curl and name servers together must end in time
ASK = (sys.executable, "-B", "-m", "pophub.hub.install", "end-worker")


@dataclass(slots=True)
class Worker:
    """The machine, and what earlier looks found."""

    name: str
    metadata: Metadata
    proc: Path = Path("/proc")
    cgroups: Path = CGROUPS
    engine: Path = Path("/var/lib/docker")
    manager: tuple[str, int] = (contract.HUB_PRIVATE_ADDRESS, contract.SWARM_PORT)
    computing: Computing = field(default_factory=Computing)
    alone: Alone = field(default_factory=Alone)
    taken_back: datetime | None = None

    def observe(self, up: float) -> tuple[dict[str, Any] | None, End]:
        """The report, None if the processes cannot be read; and whether this worker must end."""
        with suppress(Unreadable):
            self.taken_back = self.metadata.notice() or self.taken_back
        end = self.alone.observe(up, manager=answers(self.manager))
        try:
            servers = self.computing.observe(up, computed(self.proc))
            memory = memory_of_servers(self.proc, self.cgroups)
        except OSError:
            return None, end
        notice = self.taken_back.isoformat() if self.taken_back else None
        # Docker's certificate of the swarm; with user namespaces it is one folder lower
        joined = any(self.engine.glob(CERTIFICATE)) or any(self.engine.glob(f"*/{CERTIFICATE}"))
        return {"servers": servers, "memory": memory, "notice": notice, "joined": joined, "up": up}, end


def main(folder: Path = Path(contract.WORKERS_FOLDER)) -> ExitCode:
    """Run the loop."""
    metadata = Metadata()
    worker = Worker(own_name(metadata), metadata)
    newest: queue.Queue[dict[str, Any]] = queue.Queue(maxsize=1)
    file = report_file(folder, worker.name)
    threading.Thread(target=write_all, args=(file, newest), daemon=True).start()
    while True:
        report, end = worker.observe(time.clock_gettime(time.CLOCK_BOOTTIME))
        if report is not None:
            # while a write waits, newer reports replace older ones
            with suppress(queue.Full):
                newest.put_nowait(report)
        if end is not End.NOT:
            say(f"the hub has not answered for half an hour: {end}")
            end_itself(end)
        time.sleep(EVERY_SECONDS)


def own_name(metadata: Metadata) -> str:
    """The id of this instance; waits until the metadata service answers."""
    while True:
        try:
            return metadata.instance_id()
        except Unreadable as error:
            say(f"the instance's metadata cannot be read: {error}")
            time.sleep(EVERY_SECONDS)


def write_all(file: Path, newest: queue.Queue[dict[str, Any]]) -> None:
    """Write each report that comes."""
    while True:
        try:
            report = newest.get()
            write(file, report | {"clock": time.time()})
        except OSError as error:
            say(f"{file} cannot be written: {error}")


def write(file: Path, report: dict[str, Any]) -> None:
    """Replace the file in one step, so that the hub never reads a part.

    On a full disk the file is overwritten instead, which needs no new block; the hub ignores an incomplete report.

    Raises:
        OSError: the hub's disk is gone.
    """
    text, new = json.dumps(report), file.with_name(f".{file.name}.new")
    try:
        new.write_text(text)
        os.replace(new, file)  # noqa: PTH105
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        file.write_text(text)


def answers(address: tuple[str, int]) -> bool:
    """Whether the swarm's manager accepts connections."""
    try:
        socket.create_connection(address, timeout=MANAGER_SECONDS).close()
    except OSError:
        return False
    return True


def end_itself(end: End, ask: tuple[str, ...] = ASK) -> None:
    """Ask the group to end this worker, or power off."""
    command = ask if end is End.ASK else ("systemctl", "poweroff", "--force")
    try:
        subprocess.run(command, timeout=END_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"{end}: {error}")


def say(words: str) -> None:
    """Write one line to the journal."""
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
