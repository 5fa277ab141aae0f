"""Sign-in with the passwords of the machine's own Unix accounts."""

from __future__ import annotations

from typing import Any

from jupyterhub.auth import PAMAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.people import EventPeople
from sections.unix_accounts import Accounts, account_of


class EventAccounts(EventPeople, Accounts, PAMAuthenticator):  # type: ignore[misc]
    """Everybody who has an account and its password may sign in."""

    async def is_admitted_by_event_file(self, username: str, auth_model: dict[str, Any]) -> bool:
        return account_of(username) is not None


def configure(c: Config, event: Event) -> None:
    """Sign-in through PAM with the machine's own passwords."""
    c.JupyterHub.authenticator_class = EventAccounts
