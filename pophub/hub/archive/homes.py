"""Whose a home is, and where its archive lies on the shelf."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = "archive.json"
FOLDER = "homes/"
# under this name lies what everybody reads and no home holds
SHARED = "shared_data"


@dataclass(frozen=True, slots=True)
class Home:
    """A participant's home by its folder's name; the keys of its archive are made of that name.

    Where people are accounts of the machine, an `account` has given the folder its own name.
    """

    folder: str
    account: bool = False

    @property
    def user(self) -> str:
        """The real name: DockerSpawner writes each byte but small letters and digits as `-` and two hex digits."""
        if self.account:
            return self.folder
        raw = re.sub(rb"-([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), self.folder.encode())
        user = raw.decode(errors="replace")
        # what DockerSpawner has not written is a name as it is, so that no two homes are of one person
        return user if home_of(user).folder == self.folder else self.folder

    @property
    def top(self) -> str:
        """The one folder inside of the archive: the real name where that is fit for one."""
        return self.user if re.fullmatch(r"\w[\w.@+-]{0,99}", self.user, re.ASCII) else self.folder

    @property
    def data(self) -> str:
        """The key of the archive itself."""
        return f"{FOLDER}{self.folder}.tar.zst"

    @property
    def manifest(self) -> str:
        """The key of the list of what is in it."""
        return f"{FOLDER}{self.folder}.manifest.zst"

    @property
    def receipt(self) -> str:
        """The key of what is written last: without it the other two are nothing."""
        return f"{FOLDER}{self.folder}.json"


def homes_in(folder: Path, *, accounts: bool = False) -> list[Home]:
    """Every home there, in the order of their names; what is no folder is nobody's home, and a link is another's name.

    A link that leads elsewhere is a home that somebody has moved, also while it leads nowhere.
    """
    there = (path for path in sorted(folder.iterdir()) if path.is_dir() or path.is_symlink())
    return [Home(path.name, account=accounts) for path in there if not _is_another_name(path)]


def _is_another_name(path: Path) -> bool:
    return path.is_symlink() and path.resolve().parent == path.parent.resolve()


def home_of(user: str) -> Home:
    """The home of a participant by the real name."""
    safe = re.compile(rb"[a-z0-9]")
    letters = (bytes([byte]) for byte in user.encode())
    return Home("".join(it.decode() if safe.fullmatch(it) else f"-{it[0]:02x}" for it in letters))
