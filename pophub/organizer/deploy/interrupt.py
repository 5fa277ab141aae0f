"""How a program that we have started ends when somebody presses Ctrl-C, so that nothing is lost. It starts nothing.

When Terraform is interrupted, it cancels the requests that are not answered yet. What such a request has created is in
no state: it costs money, and the next deployment fails on it. So Terraform may finish if it has begun to change
something, and is stopped if it has not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from pophub.core.errors import PophubError

# a complete deployment on AWS takes three minutes
FINISH_SECONDS = 600
# the time that Terraform has to write its state after an interrupt
INTERRUPT_SECONDS = 120

Lines = SimpleQueue[str | None]
Hear = Callable[[str], object]


def follow(process: subprocess.Popen[str], hear: Hear, begun: Callable[[], bool], interrupted: Hear) -> int:
    """Pass each line to `hear` until the process has ended; return its exit code.

    After an interrupt, `begun` says whether something was already created, changed or removed; if so, the process may
    finish. `interrupted` gets a line that says what happens now.

    Raises:
        PophubError: the process did not end in time and was killed.
    """
    lines: Lines = SimpleQueue()
    # read in a thread at all times: a process whose output nobody reads would block
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    try:
        while (line := lines.get()) is not None:
            hear(line)
        return process.wait()
    except BaseException:
        with ignore_ctrl_c():
            has_begun = begun()
            minutes = (FINISH_SECONDS if has_begun else INTERRUPT_SECONDS) // 60
            what = "finishing what has begun" if has_begun else "stopping"
            interrupted(f"interrupted: {what}, {minutes} minutes at most")
            _end(process, lines, hear, has_begun=has_begun)
        raise


def _read(process: subprocess.Popen[str], lines: Lines) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str], lines: Lines, hear: Hear, *, has_begun: bool) -> None:
    if has_begun and _read_until_end(lines, hear, FINISH_SECONDS):
        process.wait()
        return
    # the signal of a terminal's Ctrl-C
    # Terraform's plugins ignore it: https://github.com/hashicorp/go-plugin (server.go, Serve)
    _send(process, signal.SIGINT)
    if not _read_until_end(lines, hear, INTERRUPT_SECONDS):
        _send(process, signal.SIGKILL)
        process.wait()
        raise PophubError(
            f"Terraform did not end within {INTERRUPT_SECONDS} s and was killed",
            hint="the same command again: Terraform refreshes its state first",
        )
    process.wait()


def _send(process: subprocess.Popen[str], what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, what)


def _read_until_end(lines: Lines, hear: Hear, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while True:
        try:
            line = lines.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            return False
        if line is None:
            return True
        hear(line)


@contextmanager
def ignore_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C inside the block, for example a second, impatient one. Without effect outside of the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # programs started inside the block would inherit SIG_IGN, but not a handler
    before = signal.signal(signal.SIGINT, _ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupt_once() -> Iterator[None]:
    """Inside the block the first Ctrl-C interrupts; all later ones are ignored until this process ends."""
    before = signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        heard = signal.getsignal(signal.SIGINT) is not _hear
        # SIG_IGN also works while Python itself shuts down
        signal.signal(signal.SIGINT, signal.SIG_IGN if heard else before)


def _hear(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, _ignore)
    raise KeyboardInterrupt


def _ignore(number: int, frame: FrameType | None) -> None:
    """Ignore the signal."""
