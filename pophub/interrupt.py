"""How cdktf ends when somebody interrupts it: nothing is cut off that would be lost. It starts nothing.

Terraform cancels the requests it is waiting for when it is interrupted. What such a request has made stands in no
state: it costs money, and the next deployment stumbles over it. And cdktf leaves at once when it is interrupted,
with Terraform still at work. So a deployment that has begun is let finish, and one that has not is stopped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePath
from types import FrameType

from pophub.errors import PophubError

# a whole deployment takes three minutes on AWS
FINISH_SECONDS = 600
# how long Terraform may take to write its state once it is interrupted
INTERRUPT_SECONDS = 120
# for what was said last
READ_SECONDS = 5


def end_in_order(process: subprocess.Popen[str], *, begun: bool) -> str:
    """Wait until cdktf and its Terraform have ended, and answer what was still said.

    `begun` is whether Terraform has begun to make, change or take away something.

    Raises:
        PophubError: it did not end in time and was killed.
    """
    said: list[str] = []
    # a pipe that nobody reads would stop whoever writes
    reader = threading.Thread(target=said.extend, args=(process.stdout or (),), daemon=True)
    reader.start()
    _wait(process, begun=begun)
    reader.join(READ_SECONDS)
    return "".join(said)


def _wait(process: subprocess.Popen[str], *, begun: bool) -> None:
    if begun:
        with suppress(subprocess.TimeoutExpired):
            process.wait(FINISH_SECONDS)
            return
    terraforms = find_terraforms(process.pid)
    if terraforms:
        # cdktf ends because Terraform has
        _send(terraforms, signal.SIGINT)
    else:
        _send_group(process.pid, signal.SIGINT)
    try:
        process.wait(INTERRUPT_SECONDS)
    except subprocess.TimeoutExpired as error:
        _send(terraforms, signal.SIGKILL)
        _send_group(process.pid, signal.SIGKILL)
        raise PophubError(
            f"Terraform did not end within {INTERRUPT_SECONDS} s and was killed",
            hint="the same command again: Terraform refreshes its state first",
        ) from error


def find_terraforms(ancestor: int) -> list[int]:
    """The Terraform processes that a process has started, itself or through others, in whatever session."""
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid=,comm="], stdout=subprocess.PIPE, text=True) as ps:
        rows = [line.split(None, 2) for line in ps.communicate()[0].splitlines()]
    family = {ancestor}
    while more := {int(pid) for pid, parent, _ in rows if int(parent) in family} - family:
        family |= more
    return [int(pid) for pid, _, name in rows if int(pid) in family - {ancestor} and PurePath(name).name == "terraform"]


def _send(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _send_group(leader: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, what)


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
