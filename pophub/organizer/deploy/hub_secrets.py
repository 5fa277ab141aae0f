"""The names of the secrets that a hub needs; never their values."""

from __future__ import annotations

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET, LOGIN_SECRETS
from pophub.organizer.event.event import Event

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
LARGEST_BYTES = 8192


def names(event: Event) -> tuple[str, ...]:
    """The names of the secrets of this event's hub."""
    database = (DATABASE_SECRET,) if event.database == "postgresql" else ()
    certificate = CERTIFICATE_SECRETS if event.tls.mode == "files" else ()
    return (*LOGIN_SECRETS[event.login.kind], *database, *certificate)
