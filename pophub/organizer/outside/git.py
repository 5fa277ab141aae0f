"""The branches of a public git repository, asked with git's protocol but without git.

https://git-scm.com/docs/gitprotocol-http, "Smart Clients"; https://git-scm.com/docs/protocol-common (pkt-line)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.outside.web import Web

GITHUB = "github.com"
API = "https://api.github.com"
# hosts ask for a password in order to hide whether a private repository exists: GitHub answers 401 for both
REFUSED = (401, 403, 404)
HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Repository:
    """`default` is the branch that a clone gets; None if the repository is empty."""

    branches: frozenset[str]
    default: str | None


def repository(web: Web, url: str) -> Repository | None:
    """The repository at an address; None if there is no public one.

    Raises:
        PophubError: no server answered, or it is not a git host.
    """
    answer = web.get(f"{url.rstrip('/')}/info/refs?service=git-upload-pack", {"User-Agent": "git/2 pophub"})
    if answer.status in REFUSED:
        return None
    if answer.status != 200 or b"# service=git-upload-pack" not in answer.body[:64]:
        raise PophubError(f"{url} does not answer as a git host: status {answer.status}", code=ExitCode.REFUSED)
    default, branches = None, set()
    for line in _lines(answer.body):
        reference, _, capabilities = line.partition("\0")
        name = reference.partition(" ")[2].strip()
        if name.startswith(HEADS):
            branches.add(name.removeprefix(HEADS))
        for each in capabilities.split():
            if each.startswith(f"symref=HEAD:{HEADS}"):
                default = each.rpartition(HEADS)[2]
    return Repository(frozenset(branches), default)


def size_bytes(web: Web, url: str) -> int | None:
    """The size of a GitHub repository with its history; None for other hosts, or if GitHub does not answer."""
    place = urlsplit(url)
    if place.hostname != GITHUB:
        return None
    try:
        answer = web.get(f"{API}/repos{place.path.rstrip('/').removesuffix('.git')}")
        # size is in KiB: https://docs.github.com/en/rest/repos/repos#get-a-repository
        return int(json.loads(answer.body)["size"]) * 1024 if answer.status == 200 else None
    except (PophubError, ValueError, KeyError, TypeError):
        return None


def _lines(body: bytes) -> Iterator[str]:
    """The lines of a pkt-line stream."""
    at = 0
    while at + 4 <= len(body):
        try:
            length = int(body[at : at + 4], 16)
        except ValueError:
            return
        if length > 4:
            yield body[at + 4 : at + length].decode(errors="replace")
        at += max(length, 4)
