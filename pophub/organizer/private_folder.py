"""A new folder that only its owner can read, for files with people's names, addresses or links."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pophub.core.errors import PophubError


def write_private_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Make the folder, and write each file (name → text) into it.

    Raises:
        PophubError: the folder already exists, or cannot be created.
    """
    try:
        folder.mkdir(mode=0o700)
        for name, text in files.items():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as sink:
                sink.write(text)
    except OSError as error:
        raise PophubError(f"{folder} cannot be made: {error.strerror}", hint="name another folder with --to") from error
