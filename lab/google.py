"""A Google on this computer, in a process of its own that ends with its parent. It keeps nothing when it ends."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from lab.child import Child, announce
from lab.fault_injection import FaultClient
from lab.github_state import LOOPBACK
from lab.google_accounts import Account
from lab.google_site import application
from lab.running import Running

SETTINGS = "POPHUB_LAB_GOOGLE"


class LabGoogle(FaultClient, Running):
    """A context manager; `environment` and `settings` are what a hub needs to be this Google's OAuth client."""

    def __init__(
        self, accounts: Sequence[Account], workspace: Path, *, callback_hosts: Collection[str] = LOOPBACK
    ) -> None:
        workspace.mkdir(parents=True, exist_ok=True)
        self.client_id = f"lab-{secrets.token_hex(4)}.apps.googleusercontent.example"
        self.client_secret = f"GOCSPX-{secrets.token_hex(14)}"
        given = {
            "accounts": [account.as_json() for account in accounts],
            "client": [self.client_id, self.client_secret],
            "callback_hosts": list(callback_hosts),
        }
        environment = {SETTINGS: json.dumps(given)}
        self._child = Child("lab.google", log=workspace / "google.log", environment=environment)
        self.url = f"http://127.0.0.1:{self._child.port}"
        self.environment = {
            "GOOGLE_API_URL": self.url,
            "GOOGLE_CLIENT_ID": self.client_id,
            "GOOGLE_CLIENT_SECRET": self.client_secret,
        }

    def settings(self, hub_url: str) -> dict[str, str]:
        """The one address that GOOGLE_API_URL does not change, and the address to which people are sent back."""
        return {
            "GoogleOAuthenticator.authorize_url": f"{self.url}/o/oauth2/v2/auth",
            "GoogleOAuthenticator.oauth_callback_url": f"{hub_url}/hub/oauth_callback",
        }

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._child.stop()


async def serve() -> None:
    """Serve what the environment describes. It ends with standard input."""
    given: dict[str, Any] = json.loads(os.environ.pop(SETTINGS))
    sockets = bind_sockets(0, "127.0.0.1")
    client_id, client_secret = given["client"]
    accounts = [Account(**each) for each in given["accounts"]]
    server = HTTPServer(application(accounts, client_id, client_secret, given["callback_hosts"]))
    server.add_sockets(sockets)
    announce(sockets[0].getsockname()[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
