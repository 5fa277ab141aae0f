"""The folder for what the lab builds once: images, virtualenvs, its certificate authority. It is safe to delete.

All checkouts of a user share it: each image and virtualenv is named after the digest of what it was built from.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# https://specifications.freedesktop.org/basedir-spec/latest/
SHARED_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pophub"


@contextmanager
def exclusive_lock(lock: Path) -> Iterator[None]:
    """Let only one process at a time into the block."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
