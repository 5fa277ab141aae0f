"""The login providers of an event file, one a file: all that the organizer's side says and asks about each."""

from __future__ import annotations

from typing import Any

from pophub.organizer.event.login import Login
from pophub.organizer.login.github import GitHubLogin
from pophub.organizer.login.google import GoogleLogin
from pophub.organizer.login.provider import LoginProvider
from pophub.organizer.login.shared_password import SharedPasswordLogin
from pophub.organizer.login.system import SystemLogin

# by the key of `login` in an event file
PROVIDERS: dict[str, type[LoginProvider[Any]]] = {
    "github": GitHubLogin,
    "google": GoogleLogin,
    "shared_password": SharedPasswordLogin,
    "system": SystemLogin,
}


def provider_of(login: Login) -> LoginProvider[Any]:
    """The provider of an event, with the event's settings."""
    return PROVIDERS[login.kind](getattr(login, login.kind))
