"""Who may sign in, and how."""

from __future__ import annotations

from traitlets.config import Config

from sections.accounts import system
from sections.event import Event, helpers
from sections.github import github
from sections.google import google
from sections.passwords import passwords

AUTHENTICATORS = {"github": github, "google": google, "shared_password": passwords, "system": system}


def login(c: Config, event: Event) -> None:
    """The event's one way to sign in. Client secrets and passwords come from the environment, not from a file."""
    (kind,) = event["login"]
    AUTHENTICATORS[kind](c, event)
    c.EventPeople.helpers = set(helpers(event))
    c.Authenticator.allow_existing_users = False
    # JupyterHub looks for its own settings and warns if they are missing
    c.Authenticator.any_allow_config = True
