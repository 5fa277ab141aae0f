"""Homes as people leave them, and everything about a folder that an archive must bring back."""

# names here are bytes, and links are looked at and not followed
# ruff: noqa: PTH115, PTH118, PTH123
from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

# what file systems allow: any byte but / and NUL
ODD_NAMES = (
    b"with space",
    b"new\nline",
    b"tab\tand\\backslash",
    b"-rf",
    "größe-日本".encode(),
    b"not-utf8-\xff\xfe",
    b"n" * 255,
    b"quote'\"$(id)",
)


def odd_home(home: Path) -> Path:
    """One of each thing that is hard to archive."""
    home.mkdir(parents=True)
    for number, name in enumerate(ODD_NAMES):
        path = os.path.join(os.fsencode(home), name)
        with open(path, "wb") as file:
            file.write(b"%d " % number * 1000)
        os.utime(path, ns=(10**18 + number, 10**18 + number))
    (home / "empty").touch()
    (home / "empty folder").mkdir()
    (home / "script").write_bytes(b"#!/bin/sh\n")
    (home / "script").chmod(0o755)
    (home / "read only").mkdir()
    (home / "read only" / "inside").write_bytes(b"x")
    (home / "read only").chmod(0o555)
    deep = home / "/".join(["d" * 100] * 12)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"deep")
    (home / "link").symlink_to("empty")
    (home / "dangling").symlink_to("/nowhere/at all")
    (home / "out").symlink_to("/etc/passwd")
    (home / "long link").symlink_to("l" * 300)
    (home / "hard").hardlink_to(home / "script")
    (home / "large").write_bytes(os.urandom(3 * 2**20 + 17))
    sparse(home / "sparse")
    sparse(home / ("sparse " + "s" * 200), hole_at_the_end=True)
    with (home / "only hole").open("wb") as file:
        file.truncate(5 * 2**20)
    return home


def sparse(path: Path, *, hole_at_the_end: bool = False) -> None:
    """Some data in 5 MiB of nothing."""
    with path.open("wb") as file:
        for place in (0, 2**20 + 5, 4 * 2**20):
            file.seek(place)
            file.write(os.urandom(70_000))
        file.truncate(5 * 2**20 if hole_at_the_end else file.tell())


def state(folder: Path, *, times: bool = True) -> dict[str, tuple[object, ...]]:
    """All that an archive must bring back of what is below a folder: content, kind, mode, time, links."""
    found: dict[str, tuple[object, ...]] = {}
    first: dict[int, str] = {}
    for above, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            path = os.path.join(above, name)
            status = os.lstat(path)
            relative = os.path.relpath(path, folder)
            facts: list[object] = [stat.S_IFMT(status.st_mode)]
            if stat.S_ISLNK(status.st_mode):
                facts.append(os.readlink(path))
            else:
                facts.append(status.st_mode & 0o777)
            if stat.S_ISREG(status.st_mode):
                content = Path(path).read_bytes()
                facts += [len(content), hashlib.sha256(content).hexdigest(), status.st_nlink]
                facts.append(status.st_nlink > 1 and first.setdefault(status.st_ino, "the same") and "")
            found[relative] = (*facts, *([status.st_mtime_ns] if times else []))
    return found
