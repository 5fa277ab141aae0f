"""A GitHub on this computer, in a process of its own that ends with its parent. It keeps nothing when it ends."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from lab.child import Child, announce
from lab.directory import Directory
from lab.fault_injection import FaultClient
from lab.github_site import application
from lab.github_state import LOOPBACK, Grant, Site, Token
from lab.running import Running
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

SETTINGS = "POPHUB_LAB_GITHUB"


class LabGitHub(FaultClient, Running):
    """A context manager; `environment` is what a hub needs to be this GitHub's OAuth app."""

    def __init__(self, directory: Directory, workspace: Path, *, callback_hosts: Collection[str] = LOOPBACK) -> None:
        workspace.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.client_id = f"lab-{secrets.token_hex(4)}"
        self.client_secret = secrets.token_hex(20)
        self._tokens = {person: f"gho_{secrets.token_hex(18)}" for person in directory.people}
        settings = {
            "directory": directory.as_json(),
            "client": [self.client_id, self.client_secret],
            "callback_hosts": list(callback_hosts),
            "tokens": self._tokens,
        }
        self._child = Child("lab.github", log=workspace / "github.log", environment={SETTINGS: json.dumps(settings)})
        self.url = f"http://127.0.0.1:{self._child.port}"
        self.environment = {
            "GITHUB_URL": self.url,
            "GITHUB_CLIENT_ID": self.client_id,
            "GITHUB_CLIENT_SECRET": self.client_secret,
        }

    def settings(self, hub_url: str) -> dict[str, str]:
        """The address to which this GitHub sends people back."""
        return {"GitHubOAuthenticator.oauth_callback_url": f"{hub_url}/hub/oauth_callback"}

    def token_of(self, person: str) -> str:
        """What `gh auth token` prints for a person; it can read organizations."""
        return self._tokens[person]

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._child.stop()


async def serve() -> None:
    """Serve what the environment describes; started by hand, the people of the example event. It ends with standard input."""
    given: dict[str, Any] = json.loads(os.environ.pop(SETTINGS, "null")) or {
        "directory": Directory.for_event(load_event(EXAMPLE_EVENT)).as_json(),
        "client": [os.environ.get("GITHUB_CLIENT_ID", "lab"), os.environ.get("GITHUB_CLIENT_SECRET", "lab")],
    }
    sockets = bind_sockets(0, "127.0.0.1")
    directory = Directory.from_json(given["directory"])
    client_id, client_secret = given["client"]
    site = Site(directory, client_id, client_secret, given.get("callback_hosts", LOOPBACK))
    scopes = frozenset({"read:org"})
    site.tokens |= {token: Token(Grant(person, scopes)) for person, token in given.get("tokens", {}).items()}
    server = HTTPServer(application(site))
    server.add_sockets(sockets)
    announce(sockets[0].getsockname()[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
