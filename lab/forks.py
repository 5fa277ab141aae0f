"""Processes of a lab server, forked from one that has imported it: each of them starts at once, and is as much on its own.

The module has a function `prepare`, which imports what takes time, starts no thread, and returns what a process then runs.
The process that forks is this file, run as a program, and ends with the process that asks it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

# of a message: all of the environment
MOST_BYTES = 1 << 20
STREAMS = 3
CHECKOUT = Path(__file__).parent.parent


class Forked:
    """What is needed here of subprocess.Popen, for a process that is the child of another one."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._handle: int | None = None
        # a process may have ended already
        with suppress(ProcessLookupError):
            self._handle = os.pidfd_open(pid)

    def wait(self, timeout: float | None = None) -> None:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        if self._handle is None:
            return
        end = select.poll()
        end.register(self._handle, select.POLLIN)
        if not end.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        os.close(self._handle)
        self._handle = None

    def poll(self) -> int | None:
        """None while it goes on, then 0: only its parent knows its exit code."""
        try:
            self.wait(0)
        except subprocess.TimeoutExpired:
            return None
        return 0

    def kill(self) -> None:
        """End it; does nothing if it has ended."""
        if self._handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)


class Forks:
    """Of one module; the process that forks starts with the first one, anew in each process that uses this.

    It starts in the checkout, with another Python if one is given.
    """

    def __init__(self, module: str, python: str = sys.executable) -> None:
        self._module, self._python = module, python
        self._owner = 0
        self._control: socket.socket | None = None

    def start(self, log: IO[bytes], environment: Mapping[str, str]) -> Forked:
        """A process with this environment and a session of its own, whose stderr is `log`."""
        control = self._running()
        (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
        socket.send_fds(control, [json.dumps(dict(environment)).encode()], [theirs_in, theirs_out, log.fileno()])
        pid = int(control.recv(100))
        os.close(theirs_in)
        os.close(theirs_out)
        return Forked(pid, os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb"))

    def _running(self) -> socket.socket:
        if self._control is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                command = [self._python, "-m", "lab.forks", self._module]
                subprocess.Popen(
                    command, cwd=CHECKOUT, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, start_new_session=True
                )
            self._control, self._owner = ours, os.getpid()
        return self._control


def serve(module: str) -> None:
    """Fork a process for each message on standard input, which is a socket, until its other end is closed."""
    run = importlib.import_module(module).prepare()
    # so that nobody has to wait for them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as control:
        while True:
            message, streams, _, _ = socket.recv_fds(control, MOST_BYTES, STREAMS)
            if not message:
                return
            if not (pid := os.fork()):
                control.close()
                _become(streams, json.loads(message), run)
            for stream in streams:
                os.close(stream)
            control.send(str(pid).encode())


def _become(streams: list[int], environment: dict[str, str], run: Callable[[], None]) -> NoReturn:
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
            os.close(stream)
        os.environ.clear()
        os.environ.update(environment)
        run()
    except SystemExit:
        # as any other program ends
        raise
    except BaseException:
        traceback.print_exc()
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1])
