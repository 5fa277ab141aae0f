"""Who may sign in, and how."""

from __future__ import annotations

from importlib import import_module

from traitlets.config import Config

from sections.event import Event, helpers


def login(c: Config, event: Event) -> None:
    """The event's one way to sign in. Client secrets and passwords come from the environment, not from a file."""
    (kind,) = event["login"]
    import_module(f"sections.logins.{kind}").configure(c, event)
    c.EventPeople.helpers = set(helpers(event))
    c.Authenticator.allow_existing_users = False
    # JupyterHub looks for its own settings and warns if they are missing
    c.Authenticator.any_allow_config = True
