"""What a machine of the lab leaves on this computer: a folder and cgroups. The next start removes those of ended runs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from lab import shared_cache
from lab.wait import wait_until
from pophub.core.errors import PophubError

# a killed process stays in its cgroup for a moment
GONE_SECONDS = 20
CGROUPS = Path("/sys/fs/cgroup")


class MachineFolder:
    """The folder of one machine, named after the process that owns it."""

    def __init__(self) -> None:
        # hard links lead from here to the layers of the kept images
        machines = shared_cache.SHARED_CACHE / "machine" / "runs"
        machines.mkdir(parents=True, exist_ok=True)
        for place in (machines, _removed(machines)):
            sweep(place)
        number = 1
        while True:
            self.path = machines / f"{os.getpid()}-{_started(os.getpid())}-{number}"
            with contextlib.suppress(FileExistsError):
                self.path.mkdir(mode=0o700)
                break
            number += 1

    def part(self, name: str) -> Path:
        """A folder in it for a part of the machine."""
        (self.path / name).mkdir(exist_ok=True)
        return self.path / name

    @property
    def group(self) -> str:
        """The name of the machine's cgroups."""
        return _group(self.path)

    def init(self) -> int | None:
        """The machine's process 1, by its number on this computer."""
        for process in _processes(self.group):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{process}/status").read_text()
                numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
                if numbers[-1] == "1" and len(numbers) == 3:
                    return process
        return None

    def discard(self, name: str) -> None:
        """Let a part be gone. Its hundred thousand files take a while, for which nobody waits."""
        _discard(self.path / name, self.path.parent, self.path.name)

    def remove(self) -> None:
        """Remove everything; no process of the machine may run any more."""
        _remove(self.path)


def sweep(machines: Path) -> None:
    """Remove the folders of machines whose owner has ended."""
    for folder in machines.iterdir():
        owner, started, *_ = folder.name.split("-")
        if _started(int(owner)) != started:
            _remove(folder)


def _removed(machines: Path) -> Path:
    """Where folders are that a program is removing. If that is interrupted, the next start repeats it."""
    place = machines.with_name("removed")
    place.mkdir(exist_ok=True)
    return place


def _remove(folder: Path) -> None:
    """Kill its processes and remove the folder last, so that an interrupted removal is repeated later."""
    for process in _processes(_group(folder)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with contextlib.suppress(PophubError):
        wait_until(
            lambda: _without_cgroups(_group(folder)), GONE_SECONDS, "the kernel lets go of the machine's cgroups"
        )
        _discard(folder, folder.parent, folder.name)


def _discard(folder: Path, machines: Path, owner: str) -> None:
    """Take a folder away at once, and let a program remove it that outlives us."""
    gone = tempfile.mkdtemp(prefix=f"{owner}-", dir=_removed(machines))
    # two sweeps may meet
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
    begin = 'setsid nice rm -rf "$1" </dev/null >/dev/null 2>&1 &'
    subprocess.run(["sh", "-c", begin, "sh", gone], check=True)


def _without_cgroups(group: str) -> bool:
    left = False
    for top in CGROUPS.glob(f"*/{group}"):
        for directory, _, _ in os.walk(top, topdown=False):
            try:
                Path(directory).rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                left = True
    return not left


def _group(folder: Path) -> str:
    return f"pophub-{folder.name}"


def _processes(group: str) -> list[int]:
    found: set[int] = set()
    for directory, _, _ in os.walk(CGROUPS / "pids" / group):
        with contextlib.suppress(OSError):
            found |= {int(line) for line in (Path(directory) / "cgroup.procs").read_text().split()}
    return sorted(found)


def _started(process: int) -> str:
    """The start time of a process, in clock ticks since boot: together with its number a name that is never used again."""
    try:
        # the second field is a name in brackets, which may contain any character
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
