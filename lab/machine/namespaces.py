"""Network namespaces that end with their creator: each lives as long as one sleeping process. Linux only."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.child_process import ChildProcess
from lab.wait import wait_until
from pophub.core.errors import PophubError

# linux/sched.h
CLONE_NEWNET = 0x40000000


class Namespace:
    """An empty network. It has no name on this computer, so nothing of it remains after a crash."""

    def __init__(self, name: str, folder: Path) -> None:
        log = folder / f"{name}.pid"
        log.unlink(missing_ok=True)
        command = ["unshare", "--net", "sh", "-c", "echo $$; exec sleep infinity"]
        self._holder = ChildProcess(command, log=log, folder=folder, environment=os.environ)
        self.pid = int(wait_until(lambda: log.read_text().strip(), 10, f"the network {name} is there"))

    @property
    def path(self) -> str:
        """The path for setns and nsenter."""
        return f"/proc/{self.pid}/ns/net"

    def command(self, *arguments: str) -> list[str]:
        """A command line that runs another one inside."""
        return ["nsenter", f"--net={self.path}", *arguments]

    def run(self, line: str, stdin: str = "") -> str:
        """Run a command inside; returns its output.

        Raises:
            PophubError: it failed; the error has its last lines.
        """
        done = subprocess.run(self.command(*line.split()), input=stdin, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PophubError(f"`{line}` failed: {done.stderr.strip()}", hint="the lab's machine needs root")
        return done.stdout

    def stop(self) -> None:
        """End it, with all of its interfaces."""
        self._holder.stop()


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """In the block, what this thread opens belongs to the namespace at this path."""
    with Path("/proc/thread-self/ns/net").open() as before, Path(namespace).open() as wanted:
        _enter(wanted.fileno())
        try:
            yield
        finally:
            _enter(before.fileno())


def socket_in(namespace: str) -> socket.socket:
    """A new TCP socket in another namespace."""
    with inside(namespace):
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
