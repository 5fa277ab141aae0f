"""The folder of one run of the demo, and the folder of what stays on this computer after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pophub.organizer.paths import DOT_POPHUB


@contextmanager
def run_folder() -> Iterator[Path]:
    """A new folder for this run; it is kept, with its logs, if the run fails."""
    runs = DOT_POPHUB / "runs"
    number = 1
    while True:
        folder = runs / str(number)
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            number += 1
    try:
        yield folder
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except BaseException:
        # an empty folder has no logs to read
        with suppress(OSError):
            folder.rmdir()
        raise
    shutil.rmtree(folder, ignore_errors=True)


def kept_folder() -> Path:
    """Where the pages and the zip file of each event's newest end stay.

    Not the current folder: there `pophub destroy` writes a real event's files of the same names.
    """
    kept = DOT_POPHUB / "demo"
    kept.mkdir(parents=True, exist_ok=True)
    return kept
