"""The demo's stand-ins for an event's image and content, in words, and the settings that use them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab import engine
from lab.git_host import LabGitHost
from lab.hub import Kind
from pophub.core.contract import EVENT_FILE
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.outside import git
from pophub.organizer.outside.web import Web


@dataclass(frozen=True, slots=True)
class StandIns:
    """`servers` is what runs the servers instead of the image; `content` is the content's address here, None without content.

    `words` are sentences about what differs from the event file.
    """

    servers: Kind
    content: str | None
    words: tuple[str, ...]

    def change(self, bundle: Path) -> None:
        """Change an unpacked bundle so that its hub uses the stand-ins."""
        file = bundle / "hub-config" / EVENT_FILE
        event: dict[str, Any] = json.loads(file.read_text())
        event["database"] = "sqlite"
        for login in event["login"].values():
            if "create_users" in login:
                login["create_users"] = False
        if self.content:
            event["server"]["content"] = self.content
        file.write_text(json.dumps(event))


def stand_ins_for(event: Event, host: LabGitHost, web: Web) -> StandIns:
    """Check the event's image and content; whatever is not available gets a stand-in."""
    servers: Kind = "docker" if engine.runs(event.server.image) else "processes"
    content, words = _content(event, host, web, servers)
    differences = [words] if words else []
    if servers == "processes":
        no_image = f"{event.server.image}: no Docker engine here has it, so servers are processes without limits"
        differences.insert(0, no_image)
    if event.login.provider.makes_accounts:
        differences.append("create_users: nobody becomes a Unix account of this computer")
    if event.database != "sqlite":
        differences.append(f"{event.database}: the database is a file")
    return StandIns(servers, content, tuple(differences))


def put_content(event: Event, host: LabGitHost) -> None:
    """Make a small repository in place of the event's, with the folder and the file that the event opens first."""
    server = event.server
    assert server.content
    name = _path(server.content).rpartition("/")[2].removesuffix(".git")
    opened = server.default_url.partition("/tree/")[2]
    places = {"Welcome.md", *(f"{folder}/Welcome.md" for folder in [server.start_folder] if folder), opened}
    inside = {
        place.removeprefix(f"{name}/") for place in places if place == "Welcome.md" or place.startswith(f"{name}/")
    }
    text = f"# {event.title}\n\nThis stands in for {server.content}, which the demo does not have.\n"
    files = {place: notebook(text) if place.endswith(".ipynb") else text for place in inside if place[-1:] != "/"}
    host.push(_path(server.content), files, branch=server.content_branch or "main")


def notebook(text: str) -> str:
    """A notebook of one cell: https://nbformat.readthedocs.io/en/latest/format_description.html"""
    cell = {"cell_type": "markdown", "metadata": {}, "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def _content(event: Event, host: LabGitHost, web: Web, servers: Kind) -> tuple[str | None, str]:
    """The content's address for the demo, and a sentence about its stand-in; no sentence if it is the event's own."""
    url = event.server.content
    if url is None:
        return None, ""
    reason = _missing(url, event.server.content_branch, web)
    if not reason:
        return url, ""
    if servers == "docker":
        return url, f"{url}: {reason}, so homes start without it"
    return host.url(_path(url)), f"{url}: {reason}, so a small repository stands in"


def _missing(url: str, branch: str | None, web: Web) -> str:
    """Why the content is not available; empty if it is."""
    try:
        found = git.repository(web, url)
    except PophubError:
        return "its host does not answer here"
    if found is None:
        return "it is not there, or not for everybody"
    if branch is not None and branch not in found.branches:
        return f"it has no branch {branch}"
    return "" if found.branches else "it is empty"


def _path(url: str) -> str:
    return urlsplit(url).path.strip("/")
