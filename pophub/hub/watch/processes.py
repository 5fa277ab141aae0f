"""What the participants' servers compute, from /proc: the processor time of all that runs beside and below each of them.

The hub's API knows nothing of kernels, and whoever may ask a server may open it. What a server itself takes, to answer
an open tab, is no computation; a kernel, a terminal and what they start are, also what was detached from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# every participant's server is started with this folder as its program: hub-config/server/
PROGRAM = b"hub-config/server"
NAME = b"JUPYTERHUB_USER="


@dataclass(frozen=True, slots=True)
class _Process:
    """Seconds of processor time: its own, and that of its ended children whom it awaited. `name` is given to no other."""

    name: str
    parent: int
    own: float
    awaited: float


def computed(proc: Path) -> dict[str, dict[str, float]]:
    """The seconds of processor time around each participant's server, by what has taken them.

    That is a kernel, a terminal or a detached job, each with all below it, and whatever has fallen to the container's
    init and ended. One that ends takes its own seconds along, and nobody else's.

    Raises:
        OSError: processes cannot be seen.
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


def used_since(before: dict[str, float], now: dict[str, float]) -> float:
    """The seconds that were taken between two looks, by whatever is there still."""
    return sum(max(0.0, seconds - before.get(name, 0.0)) for name, seconds in now.items())


def _around(
    server: int, processes: dict[int, _Process], children: dict[int, list[int]], proc: Path
) -> dict[str, float]:
    """All of a server's container but itself and the container's init, to whom whatever loses its parent falls."""
    way = [server, *_within_container(server, processes, proc)]
    top = way[-1]
    beside = [it for above in way for it in children.get(above, ()) if it not in way]
    taken = {
        processes[it].name: sum(
            processes[each].own + processes[each].awaited for each in (it, *_below(it, children)) if each not in way
        )
        for it in beside
    }
    # an init awaits nothing else: what it has taken in, and has ended, stays counted
    return taken | ({processes[top].name: processes[top].awaited} if top != server else {})


def _within_container(pid: int, processes: dict[int, _Process], proc: Path) -> Iterator[int]:
    """The ancestors up to the container's first process; none for a server that runs on the machine itself."""
    depth = _depth(proc / str(pid))
    while depth > 1:
        parent = processes[pid].parent
        if parent not in processes or _depth(proc / str(parent)) != depth:
            return
        yield parent
        pid = parent


def _depth(folder: Path) -> int:
    """How many namespaces a process has a number in, ours and those below: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html."""
    try:
        lines = (folder / "status").read_bytes().splitlines()
    except OSError:
        return 0
    return next((len(line.split()) - 1 for line in lines if line.startswith(b"NSpid:")), 0)


def _all(proc: Path) -> Iterator[tuple[int, _Process]]:
    """Every process; one that ends meanwhile is none. The time of ended children counts with the one that awaited them."""
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # the name in parentheses may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            user, system, awaited_user, awaited_system = (int(it) / TICKS_A_SECOND for it in fields[11:15])
            name = f"{folder.name}@{int(fields[19])}"
            yield int(folder.name), _Process(name, int(fields[1]), user + system, awaited_user + awaited_system)
        except (OSError, ValueError, IndexError):
            continue


def _server_of(folder: Path) -> str | None:
    """Whose server a process is, where it is one: a Python that runs our program, and not what has started it."""
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        if b"python" not in os.path.basename(words[0]) or not any(PROGRAM in it for it in words[1:4]):  # noqa: PTH119 - bytes
            return None
        told = (folder / "environ").read_bytes().split(b"\0")
        return next((it.removeprefix(NAME).decode() for it in told if it.startswith(NAME)), None)
    except (OSError, UnicodeDecodeError):
        # a participant may name a process as they like
        return None


def _below(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    """However long a chain of them is; a number that was given anew while we looked may close one to a ring."""
    waiting, seen = [pid], {pid}
    while waiting:
        found = [it for it in children.get(waiting.pop(), ()) if it not in seen]
        seen.update(found)
        waiting += found
        yield from found
