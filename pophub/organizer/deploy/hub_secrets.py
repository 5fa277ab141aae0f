"""The names of the secrets that a hub needs, and the values of those that pophub makes up."""

from __future__ import annotations

import secrets

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET, WAKE_SECRET
from pophub.organizer.event.event import Event

# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
LARGEST_BYTES = 8192


def names_in_hub(event: Event) -> tuple[str, ...]:
    """The names of the secrets that the organizer gives and the hub's own programs read.

    Each name is the last part of a Parameter Store path and the name of a Terraform variable (TF_VAR_<name>); in capitals
    it is the variable in SECRETS_FILE.
    """
    database = (DATABASE_SECRET,) if event.database == "postgresql" else ()
    return (*event.login.provider.secrets, *database)


def names(event: Event) -> tuple[str, ...]:
    """The names of all secrets that the organizer gives: Caddy reads those of the organizer's own certificate."""
    return (*names_in_hub(event), *(CERTIFICATE_SECRETS if event.tls.mode == "files" else ()))


def made_names(event: Event) -> tuple[str, ...]:
    """The names of the secrets that pophub makes up at the first deploy."""
    return (WAKE_SECRET,) if event.can_be_woken else ()


def stored_names(event: Event) -> tuple[str, ...]:
    """The names of all secrets that a deploy writes into Parameter Store."""
    return (*names(event), *made_names(event))


def make_secret() -> str:
    return secrets.token_hex(32)
