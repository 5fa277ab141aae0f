"""Which secrets a hub needs, to sign people in, remember them and be trusted; their names only, never a value."""

from __future__ import annotations

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET, LOGIN_SECRETS
from pophub.organizer.event.event import Event

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
LARGEST_BYTES = 8192
# JupyterHub's own: whoever can write a longer one down may
LEAST_CHARACTERS = {"shared_password": 8, "admin_password": 32}


def names(event: Event) -> tuple[str, ...]:
    """The secrets of this event's hub."""
    database = (DATABASE_SECRET,) if event.database == "postgresql" else ()
    certificate = CERTIFICATE_SECRETS if event.tls.mode == "files" else ()
    return (*LOGIN_SECRETS[event.login.kind], *database, *certificate)
