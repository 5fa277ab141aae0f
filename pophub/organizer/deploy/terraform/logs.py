"""A log file for every run of a command; the last ten of each command are kept."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TextIO

KEPT = 10


def open_log(folder: Path, command: str) -> TextIO:
    """A new log file, named after the command and the current UTC time; logs older than the newest ten are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", command).strip("-")
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    # a number that was used before is not used again, or the new log would sort as an older one
    same = [int(log.stem.rpartition("-")[2]) for log in logs_of(folder, name) if f".{stamp}-" in log.name]
    number = max(same, default=0) + 1
    while True:
        try:
            log = (folder / f"{name}.{stamp}-{number:02}.log").open("x", encoding="utf-8")
            break
        except FileExistsError:
            # another run started in the same second
            number += 1
    for old in logs_of(folder, name)[:-KEPT]:
        old.unlink(missing_ok=True)
    return log


def logs_of(folder: Path, command: str) -> list[Path]:
    """The kept logs of a command, the oldest first."""
    name = re.escape(re.sub(r"\W+", "-", command).strip("-"))
    return sorted(file for file in folder.iterdir() if re.fullmatch(name + r"\.\d{8}T\d{6}Z-\d+\.log", file.name))
