"""What prevents git from updating a folder: locks of a killed git, and files that a participant put there.

nbgitpuller's own code for this reads git's lists as text, follows links out of the folder, and deletes a file that
stands where the content had a folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout import Checkout

# the same as nbgitpuller: a git that somebody runs holds its locks for a shorter time
STALE_SECONDS = 600
# files that an interrupted git leaves: https://git-scm.com/docs/gitrepository-layout
LEFT_BEHIND = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*")
# the first digits of a mode in git's lists: a file, a link, a submodule
KINDS: dict[str, Callable[[Path], bool]] = {
    "100": lambda place: place.is_file() and not place.is_symlink(),
    "120": Path.is_symlink,
    "160": Path.is_dir,
}


def remove_stale_locks(mine: Checkout) -> None:
    """Remove locks of a git that was killed together with its server."""
    for pattern in LEFT_BEHIND:
        for file in mine.state.glob(pattern):
            if time.time() - file.stat().st_mtime > STALE_SECONDS:
                file.unlink()


def restore_deleted(mine: Checkout) -> None:
    """Restore missing files of the content; files in their places are renamed with the current time."""
    names = mine.names("diff-files", "-z", "--name-only", "--no-renames", "--diff-filter=D")
    for name in names:
        for place in in_the_way(mine.folder, name):
            set_aside(place)
    if names:
        mine.git("checkout-index", "-z", "--stdin", given="\0".join(names))


def make_way(mine: Checkout, before: str, after: str) -> None:
    """Rename files that would block the change between two commits, unless they are unchanged content."""
    options = ("-z", "--no-renames", "--ignore-submodules=none")
    new = set(mine.names("diff", "--name-only", *options, before, after))
    raw = mine.names("diff-tree", "-r", "--raw", *options, "--diff-filter=d", "HEAD", after)
    for described, name in zip(raw[::2], raw[1::2], strict=True):
        _, mode, _, _, status = described.split()
        kind = "" if status == "A" else mode[:3]
        for place in in_the_way(mine.folder, name, kind) if name in new else ():
            if not is_as_taken(mine, place, before):
                set_aside(place)


def in_the_way(folder: Path, name: str, kind: str = "") -> list[Path]:
    """What stands in the place of a file or of one of its parent folders; empty for something of the same `kind`."""
    for parent in (folder / parent for parent in [*Path(name).parents][-2::-1]):
        if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
            return [parent]
    place = folder / name
    there = place.is_symlink() or place.exists()
    return [place] if there and not (kind and KINDS[kind](place)) else []


def is_as_taken(mine: Checkout, place: Path, commit: str) -> bool:
    """Whether nobody has changed it, so that git can remove it."""
    where = ("--", str(place.relative_to(mine.folder)))
    tracked = mine.ask("--literal-pathspecs", "ls-files", *where)
    changed = mine.ask("--literal-pathspecs", "diff", "--name-only", commit, *where)
    return bool(tracked) and not changed and not mine.ask("--literal-pathspecs", "ls-files", "--others", *where)


def set_aside(place: Path) -> None:
    """Rename it as nbgitpuller does."""
    place.rename(place.with_name(f"{place.stem}{time.strftime('__%Y%m%d%H%M%S')}{place.suffix}"))
