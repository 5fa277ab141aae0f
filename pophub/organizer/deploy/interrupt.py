"""How a program that we have started ends when somebody interrupts it: nothing is lost. It starts nothing.

Terraform cancels the requests it is waiting for when it is interrupted. What such a request has made is in no state:
it costs money, and the next deployment stumbles over it. So what has begun is let finish, and what has not is stopped.
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

# a whole deployment takes three minutes on AWS
FINISH_SECONDS = 600
# how long Terraform may take to write its state once it is interrupted
INTERRUPT_SECONDS = 120

Lines = SimpleQueue[str | None]
Hear = Callable[[str], object]


def follow(process: subprocess.Popen[str], hear: Hear, begun: Callable[[], bool], interrupted: Hear) -> int:
    """Hear each line until the process has ended, and answer its exit code.

    `begun` is asked when we are interrupted: whether something was made, changed or removed already, which is then
    let finish. `interrupted` hears what is done about it.

    Raises:
        PophubError: it did not end in time and was killed.
    """
    lines: Lines = SimpleQueue()
    # a pipe that nobody reads would stop its writer
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    try:
        while (line := lines.get()) is not None:
            hear(line)
        return process.wait()
    except BaseException:
        with deaf():
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
    if has_begun and _heard_to_the_end(lines, hear, FINISH_SECONDS):
        process.wait()
        return
    # as a terminal does; Terraform's plugins ignore it: https://github.com/hashicorp/go-plugin (server.go, Serve)
    _send(process, signal.SIGINT)
    if not _heard_to_the_end(lines, hear, INTERRUPT_SECONDS):
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


def _heard_to_the_end(lines: Lines, hear: Hear, seconds: float) -> bool:
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
def deaf() -> Iterator[None]:
    """Within, an impatient second Ctrl-C is not heard. Only the main thread hears one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # a handler and not SIG_IGN, which programs that are started meanwhile would inherit
    before = signal.signal(signal.SIGINT, _ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def heard_once() -> Iterator[None]:
    """Within, the first Ctrl-C interrupts; no other is heard, until this process ends."""
    before = signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        heard = signal.getsignal(signal.SIGINT) is not _hear
        # SIG_IGN also holds while Python itself ends
        signal.signal(signal.SIGINT, signal.SIG_IGN if heard else before)


def _hear(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, _ignore)
    raise KeyboardInterrupt


def _ignore(number: int, frame: FrameType | None) -> None:
    """Not heard."""
