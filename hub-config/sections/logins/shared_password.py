"""Sign-in with one password for participants and another for helpers. Whoever knows it can sign in as any participant."""

from __future__ import annotations

import os
import sys
from secrets import compare_digest
from typing import Any

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.people import EventPeople

# the user names that an event file allows
NAMES = r"[a-z0-9][a-z0-9._@-]{0,63}\Z"


class EventPassword(EventPeople, SharedPasswordAuthenticator):  # type: ignore[misc]
    """The passwords come from the environment; JupyterHub checks their lengths when they are set."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        try:
            self.user_password = os.environ["SHARED_PASSWORD"]
            self.admin_password = os.environ["ADMIN_PASSWORD"]
        except KeyError as missing:
            sys.exit(f"the hub has no {missing.args[0]} in its environment")
        except ValueError as refusal:
            sys.exit(f"SHARED_PASSWORD or ADMIN_PASSWORD cannot be used: {refusal}")

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """A helper's name accepts only the helpers' password; no password makes anybody an admin."""
        name = self.normalize_username(data["username"])
        wanted = self.admin_password if name in self.helpers else self.user_password
        right = bool(wanted) and compare_digest(data["password"].encode(), wanted.encode())
        return name if right else None

    def check_allow_config(self) -> None:
        """Skip JupyterHub's warning that its own `admin_users` is empty."""

    async def is_admitted_by_event_file(self, username: str, auth_model: dict[str, Any]) -> bool:
        return True


def configure(c: Config, event: Event) -> None:
    """User names must have one form, because each becomes the name of a home."""
    c.JupyterHub.authenticator_class = EventPassword
    c.EventPassword.username_pattern = NAMES
