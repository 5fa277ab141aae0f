"""Restore one home from the account bucket into a folder, checked while it is written. Nothing is overwritten.

Names and links in an archive come from a stranger: each step uses an open folder and follows no link.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pophub.aws.bucket import BucketPrefix
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import Home
from pophub.hub.archive.manifest import HARD_LINK, Line
from pophub.hub.archive.read_back import Damaged, read_back
from pophub.hub.archive.walk import FOLDER

NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# setuid, setgid and sticky bits are not restored
PERMISSIONS = 0o777


def restore(bucket: BucketPrefix, home: Home, target: Path) -> int:
    """Write a home into a folder that is empty or does not exist; returns the number of files, links and folders.

    Raises:
        PophubError: the folder is not empty, or the archive is damaged.
    """
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise PophubError(f"{target} is not empty", hint="name another folder; nothing there is written over")
    folder = os.open(target, FOLDER)
    try:
        writer = Writer(folder)
        count = read_back(bucket.read(home.data), bucket.read(home.manifest), home.top, writer)
        writer.finish()
        return count
    finally:
        os.close(folder)


class Writer:
    """Writes the entries of an archive below an open folder."""

    def __init__(self, folder: int) -> None:
        self._root = folder
        self._folders: list[Line] = []

    def keep(self, line: Line, pieces: Iterator[tuple[int, bytes]]) -> None:
        """Write one entry of the home."""
        folder, name = self._folder_of(line.path)
        try:
            if line.kind == "folder":
                os.mkdir(name, 0o700, dir_fd=folder)
                self._folders.append(line)
                return
            if line.kind == "symlink":
                os.symlink(line.target, name, dir_fd=folder)
            elif line.kind == HARD_LINK:
                self._link(line.target, folder, name)
            else:
                self._file(line, pieces, folder, name)
            times = (line.mtime_ns, line.mtime_ns)
            os.utime(name, ns=times, dir_fd=folder, follow_symlinks=False)
        finally:
            os.close(folder)

    def finish(self) -> None:
        """Set the permissions and times of the folders, which writing into them has changed."""
        for line in reversed(self._folders):
            folder, name = self._folder_of(line.path)
            try:
                os.utime(name, ns=(line.mtime_ns, line.mtime_ns), dir_fd=folder, follow_symlinks=False)
                os.chmod(name, line.mode & PERMISSIONS, dir_fd=folder)
            finally:
                os.close(folder)

    def _file(self, line: Line, pieces: Iterator[tuple[int, bytes]], folder: int, name: str) -> None:
        file = os.open(name, NEW, 0o600, dir_fd=folder)
        try:
            for position, piece in pieces:
                os.pwrite(file, piece, position)
            os.ftruncate(file, line.size)
            os.fchmod(file, line.mode & PERMISSIONS)
        finally:
            os.close(file)

    def _link(self, first: str, folder: int, name: str) -> None:
        source, source_name = self._folder_of(first)
        try:
            os.link(source_name, name, src_dir_fd=source, dst_dir_fd=folder, follow_symlinks=False)
        finally:
            os.close(source)

    def _folder_of(self, path: str) -> tuple[int, str]:
        """The open folder that contains a path, and the path's last part."""
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise Damaged(f"{path!r} leads out of the home")
        folder = os.dup(self._root)
        for part in parts[:-1]:
            try:
                inner = os.open(part, FOLDER, dir_fd=folder)
            finally:
                os.close(folder)
            folder = inner
        return folder, parts[-1]
