"""Which user a home belongs to, and the keys of its archive in the account bucket.

Without escapism, which DockerSpawner escapes names with: the archive's environment and the laptop do not have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pophub.core.contract import is_pretended

ARCHIVE = "archive.json"
FOLDER = "homes/"
# the name for the shared data, which is in no home
SHARED = "shared_data"


@dataclass(frozen=True, slots=True)
class Home:
    """A participant's home, identified by its folder's name, from which the keys of its archive are made.

    If people are Unix accounts (`account`), the folder has the account's own name.
    """

    folder: str
    account: bool = False

    @property
    def user(self) -> str:
        """The user's real name: DockerSpawner writes each byte except a-z and 0-9 as `-` and two hex digits."""
        if self.account:
            return self.folder
        raw = re.sub(rb"-([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), self.folder.encode())
        user = raw.decode(errors="replace")
        # a folder that DockerSpawner has not named keeps its name, so that no two homes belong to one user
        return user if home_of(user).folder == self.folder else self.folder

    @property
    def top(self) -> str:
        """The one folder inside the archive: the real name if that is a safe folder name."""
        return self.user if re.fullmatch(r"\w[\w.@+-]{0,99}", self.user, re.ASCII) else self.folder

    @property
    def data(self) -> str:
        """The key of the archive itself."""
        return f"{FOLDER}{self.folder}.tar.zst"

    @property
    def zip(self) -> str:
        """The key of a small home's second copy, as a zip."""
        return f"{FOLDER}{self.folder}.zip"

    @property
    def manifest(self) -> str:
        """The key of the list of its content."""
        return f"{FOLDER}{self.folder}.manifest.zst"

    @property
    def receipt(self) -> str:
        """The key of the receipt, which is written last: without it the other two do not count."""
        return f"{FOLDER}{self.folder}.json"


def homes_in(folder: Path, *, accounts: bool = False, pretended: bool = False) -> list[Home]:
    """Every home in a folder, sorted by name: those of real people, or those of a rehearsal's.

    Skips everything except folders, and links to siblings. A link to another place is a home that somebody has moved,
    even if its target is missing.
    """
    there = (path for path in sorted(folder.iterdir()) if path.is_dir() or path.is_symlink())
    homes = [Home(path.name, account=accounts) for path in there if not _is_another_name(path)]
    return [home for home in homes if is_pretended(home.user) is pretended]


def _is_another_name(path: Path) -> bool:
    return path.is_symlink() and path.resolve().parent == path.parent.resolve()


def home_of(user: str) -> Home:
    """The home of a participant with this real name."""
    safe = re.compile(rb"[a-z0-9]")
    letters = (bytes([byte]) for byte in user.encode())
    return Home("".join(it.decode() if safe.fullmatch(it) else f"-{it[0]:02x}" for it in letters))
