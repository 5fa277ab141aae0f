"""Fetch the submodules of a content, unless somebody works in them."""

from __future__ import annotations

from checkout import TAKEN, Checkout
from conflicts import remove_stale_locks, restore_deleted


def fetch_submodules(mine: Checkout, outer: str = "") -> list[str]:
    """A sentence for each submodule that is missing or out of date, also for nested ones."""
    missing: list[str] = []
    if not (mine.folder / ".gitmodules").is_file():
        return missing
    listed = mine.names("config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$")
    for path in (line.partition("\n")[2] for line in listed):
        inner = Checkout(mine.folder / path)
        try:
            if is_worked_in(mine, inner, path):
                if is_elsewhere(mine, path):
                    missing.append(
                        f"You work in {outer}{path}, so what is new there was not taken (git submodule update takes it)."
                    )
            else:
                fetch(mine, inner, path)
            missing += fetch_submodules(inner, f"{outer}{path}/")
        except RuntimeError as error:
            missing.append(f"The submodule {outer}{path} could not be fetched:\n\n{error}")
    return missing


def fetch(mine: Checkout, inner: Checkout, path: str) -> None:
    """The commit that the content names, from the address that it names."""
    mine.git("submodule", "sync", "--quiet", "--", path)
    mine.git("submodule", "update", "--init", "--depth", "1", "--", path)
    if is_there(inner):
        restore_deleted(inner)
        inner.git("update-ref", TAKEN, "HEAD")


def is_there(inner: Checkout) -> bool:
    """Whether it was fetched; the content may tell git to leave it out."""
    return (inner.folder / ".git").exists()


def is_worked_in(mine: Checkout, inner: Checkout, path: str) -> bool:
    """Whether somebody is on a branch in it, has changed files, or has their own commits."""
    if not is_there(inner):
        return False
    remove_stale_locks(inner)
    if inner.branch or inner.ask("diff", "--name-only", "--diff-filter=d", "--ignore-submodules", "HEAD"):
        return True
    return bool(inner.taken) and inner.taken != inner.ask("rev-parse", "HEAD") and is_elsewhere(mine, path)


def is_elsewhere(mine: Checkout, path: str) -> bool:
    """Whether it is at another commit than the one that the content names."""
    return mine.ask("submodule", "status", "--", path).startswith("+")
