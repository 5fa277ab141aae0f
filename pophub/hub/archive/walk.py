"""Walk through a home without leaving it, even while its owner changes it. It opens names in open folders, never paths.

The archive runs as root over folders of strangers. Each step opens one name in a folder that is already open and
follows no link, so that nobody can lead it to another person's file.
"""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# longer paths can exist, but no ordinary program can open them
LONGEST_PATH_BYTES = 4096
# a path of this length can be half as many folders deep, and each of them stays open
OPEN_FILES = LONGEST_PATH_BYTES // 2 + 256
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of a home: its path in the home, its status, and the open folder that contains `name`."""

    path: str
    name: str
    folder: int
    status: os.stat_result


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that could not be read."""

    path: str
    problem: str


def walk(root: int) -> Iterator[Found | Unreadable]:
    """Everything below an open folder; each folder comes before its content, and names are sorted.

    `Found.folder` stays open until the next step. Memory holds the names of the current folder and of those above it.

    Raises:
        OSError: the root folder itself cannot be read.
    """
    device = os.fstat(root).st_dev
    open_folders = [(os.dup(root), "", iter(sorted(os.listdir(root))))]
    try:
        while open_folders:
            folder, above, names = open_folders[-1]
            name = next(names, None)
            if name is None:
                os.close(folder)
                open_folders.pop()
                continue
            path = above + name
            found = _look(folder, name, path)
            yield found
            if isinstance(found, Found) and stat.S_ISDIR(found.status.st_mode):
                inside = _enter(found, device)
                if isinstance(inside, Unreadable):
                    yield inside
                else:
                    open_folders.append((inside[0], f"{path}/", inside[1]))
    finally:
        for folder, _, _ in open_folders:
            os.close(folder)


def _look(folder: int, name: str, path: str) -> Found | Unreadable:
    if len(os.fsencode(path)) > LONGEST_PATH_BYTES:
        return Unreadable(path, f"its path is longer than {LONGEST_PATH_BYTES} bytes")
    try:
        return Found(path, name, folder, os.stat(name, dir_fd=folder, follow_symlinks=False))
    except OSError as error:
        return Unreadable(path, problem_of(error))


def _enter(found: Found, device: int) -> tuple[int, Iterator[str]] | Unreadable:
    if found.status.st_dev != device:
        return Unreadable(found.path, "it lies on another disk")
    try:
        folder = os.open(found.name, FOLDER, dir_fd=found.folder)
    except OSError as error:
        return Unreadable(found.path, problem_of(error))
    names = _names(folder, found.path)
    if isinstance(names, Unreadable):
        os.close(folder)
        return names
    return folder, names


def _names(folder: int, path: str) -> Iterator[str] | Unreadable:
    try:
        return iter(sorted(os.listdir(folder)))
    except OSError as error:
        return Unreadable(path, problem_of(error))


def problem_of(error: OSError) -> str:
    """The system's message, in a form for the middle of a sentence."""
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


@contextmanager
def room_for_depth() -> Iterator[None]:
    """Allow as many open files as the deepest possible home needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
