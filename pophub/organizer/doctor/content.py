"""The question about the content: the repository and branch that each home gets at each start of a server."""

from __future__ import annotations

from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, yellow
from pophub.organizer.outside import git

GIB = 2**30
# a repository that takes a larger share of a home leaves participants little room
LARGEST_SHARE = 0.25


def content(case: Case) -> Verdict:
    """Judges `server.content` and `server.content_branch`."""
    url, branch = case.event.server.content, case.event.server.content_branch
    if url is None:
        return green("none: homes start empty")
    found = git.repository(case.web, url)
    size = git.size_bytes(case.web, url) if found else None
    return judge_content(url, branch, found, size, case.event.server.home_gib)


def judge_content(
    url: str, branch: str | None, found: git.Repository | None, size: int | None, home_gib: int
) -> Verdict:
    """`found` is None if there is no public repository; `size` is None if it is unknown."""
    if found is None:
        return red(f"{url} is not there, or not for everybody", "make it public, or correct `server.content`")
    if not found.branches:
        return red(f"{url} has no branch: it is empty", "push something to it")
    if branch is not None and branch not in found.branches:
        some = ", ".join(sorted(found.branches)[:5])
        return red(f"{url} has no branch {branch}", f"correct `server.content_branch`; there are {some}")
    name = branch or found.default or "its default branch"
    return _judge_size(f"{url} has {name}", size, home_gib)


def _judge_size(there: str, size: int | None, home_gib: int) -> Verdict:
    if size is None:
        return green(f"{there}; its size is not known")
    answer = f"{there}, about {size / GIB:.2f} GiB"
    if size > home_gib * GIB:
        return red(f"{answer}, which is more than a home of {home_gib} GiB", "raise `server.home_gib`, or shrink it")
    if size > home_gib * GIB * LARGEST_SHARE:
        return yellow(f"{answer} of each home of {home_gib} GiB", "keep large data out of the repository")
    return green(answer)
