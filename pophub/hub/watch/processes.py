"""How much the participants' servers compute, from the processor times in /proc.

The hub's API does not know kernels, and a token that may ask servers for them may also open them. The server process
itself does not count, because it also answers open tabs. Kernels, terminals and their children count, also detached
ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# every participant's server is started with this folder as its program
PROGRAM = b"hub-config/server"
NAME = b"JUPYTERHUB_USER="


@dataclass(frozen=True, slots=True)
class _Process:
    """Seconds of processor time: its own, and that of ended children it waited for. `name` is unique, unlike a process id."""

    name: str
    parent: int
    own: float
    awaited: float


def computed(proc: Path) -> dict[str, dict[str, float]]:
    """The seconds of processor time of each participant's server, by source.

    A source is a kernel, a terminal or a detached job, each with all its descendants, or the processes that the
    container's init adopted and that have ended. When a source ends, only its own seconds disappear.

    Raises:
        OSError: the processes cannot be listed.
    """
    processes = dict(_all(proc))
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    found: dict[str, dict[str, float]] = {}
    for pid in processes:
        user = _server_of(proc / str(pid))
        if user:
            found.setdefault(user, {}).update(_around(pid, processes, children, proc))
    return found


def server_processes(proc: Path) -> dict[str, int]:
    """The process id of each participant's server.

    Raises:
        OSError: the processes cannot be listed.
    """
    pids = (int(folder.name) for folder in proc.iterdir() if folder.name.isdigit())
    return {user: pid for pid in pids if (user := _server_of(proc / str(pid)))}


def used_since(before: dict[str, float], now: dict[str, float]) -> float:
    """The seconds used between two looks by the sources that still exist."""
    return sum(max(0.0, seconds - before.get(name, 0.0)) for name, seconds in now.items())


def _around(
    server: int, processes: dict[int, _Process], children: dict[int, list[int]], proc: Path
) -> dict[str, float]:
    """All of a server's container except the server and the container's init, which adopts processes without a parent."""
    way = [server, *_within_container(server, processes, proc)]
    top = way[-1]
    beside = [it for above in way for it in children.get(above, ()) if it not in way]
    taken = {
        processes[it].name: sum(
            processes[each].own + processes[each].awaited for each in (it, *_below(it, children)) if each not in way
        )
        for it in beside
    }
    # the init waits only for processes that it adopted: their time stays counted after they end
    return taken | ({processes[top].name: processes[top].awaited} if top != server else {})


def _within_container(pid: int, processes: dict[int, _Process], proc: Path) -> Iterator[int]:
    """The ancestors up to the container's first process; empty for a server that runs directly on the machine."""
    depth = _depth(proc / str(pid))
    while depth > 1:
        parent = processes[pid].parent
        if parent not in processes or _depth(proc / str(parent)) != depth:
            return
        yield parent
        pid = parent


def _depth(folder: Path) -> int:
    """The number of nested PID namespaces of a process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html."""
    try:
        lines = (folder / "status").read_bytes().splitlines()
    except OSError:
        return 0
    return next((len(line.split()) - 1 for line in lines if line.startswith(b"NSpid:")), 0)


def _all(proc: Path) -> Iterator[tuple[int, _Process]]:
    """Every process; those that exit during the scan are skipped. A parent's entry includes the ended children it waited for."""
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # the name in parentheses may contain anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            user, system, awaited_user, awaited_system = (int(it) / TICKS_A_SECOND for it in fields[11:15])
            name = f"{folder.name}@{int(fields[19])}"
            yield int(folder.name), _Process(name, int(fields[1]), user + system, awaited_user + awaited_system)
        except (OSError, ValueError, IndexError):
            continue


def _server_of(folder: Path) -> str | None:
    """The user of a server process; None for other processes, also for the one that started the server."""
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        if b"python" not in os.path.basename(words[0]) or not any(PROGRAM in it for it in words[1:4]):  # noqa: PTH119 - bytes
            return None
        variables = (folder / "environ").read_bytes().split(b"\0")
        return next((it.removeprefix(NAME).decode() for it in variables if it.startswith(NAME)), None)
    except (OSError, UnicodeDecodeError):
        # a participant can give a process any name
        return None


def _below(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    """All descendants. A process id that was reused during the scan could make a loop, so each id is visited once."""
    waiting, seen = [pid], {pid}
    while waiting:
        found = [it for it in children.get(waiting.pop(), ()) if it not in seen]
        seen.update(found)
        waiting += found
        yield from found
