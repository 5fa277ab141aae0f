"""A lock on this computer: a file that says who holds it. Against other computers, Terraform's state has its own lock."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser
from pathlib import Path

from pophub.core.errors import PophubError


@contextmanager
def only_one(what: str, file: Path, *, now: datetime) -> Iterator[None]:
    """Hold the lock inside the block; the kernel releases it when the process ends.

    Raises:
        PophubError: another process holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise PophubError(
                f"{what} is already running: {lock.read().strip() or 'by an unknown user'}",
                hint="wait until that is over; the same command then goes on with what is left",
            ) from error
        lock.truncate(0)
        lock.write(f"{getuser()}, process {os.getpid()}, since {now:%Y-%m-%d %H:%M %Z}\n")
        lock.flush()
        yield
