"""A hub's secrets, read from the environment of the person who deploys or installs it. It writes them nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from pophub.core.contract import CERTIFICATE_SECRETS, DATABASE_SECRET
from pophub.core.errors import PophubError
from pophub.organizer.deploy import hub_secrets
from pophub.organizer.event.event import Event

UNSET = ("", "unset")
# where the organizer gets a secret that is not the login's, by its name
SOURCES = {
    DATABASE_SECRET: "make an empty PostgreSQL database that the hub can reach, and write its address as "
    "postgresql://USER:PASSWORD@HOST/DATABASE",
    **dict.fromkeys(
        CERTIFICATE_SECRETS,
        "take the certificate with its chain, and its key, in PEM form, as in $(cat hub.pem)",
    ),
}


def variable(secret: str) -> str:
    """The name of the environment variable from which Terraform reads a secret."""
    return f"TF_VAR_{secret}"


def given_secrets(event: Event, names: tuple[str, ...], environ: Mapping[str, str], *, then: str) -> dict[str, str]:
    """Name → value, from TF_VAR_<name> or <NAME>. `then` names the next step for an error's hint.

    Raises:
        PophubError: secrets are missing, or a value is too short or too large.
    """
    provider = event.login.provider
    given = {name: (environ.get(variable(name)) or environ.get(name.upper()) or "").strip() for name in names}
    missing = [name for name, value in given.items() if value in UNSET]
    if missing:
        sources = dict.fromkeys(SOURCES.get(name, provider.secrets_source) for name in missing)
        source = "; ".join(sources).format(url=event.url)
        shown = [name.upper() for name in missing]
        raise PophubError(
            f"{' and '.join(shown)} {'is' if len(shown) == 1 else 'are'} not set",
            hint=f"{source}, then export {' '.join(f'{name}=…' for name in shown)} and {then}",
        )
    for name, value in given.items():
        _check(name, value, provider.least_characters.get(name, 1), then)
    return given


def _check(name: str, value: str, least: int, then: str) -> None:
    if len(value) < least:
        raise PophubError(
            f"{name.upper()} is too short: the hub takes {least} characters or more",
            hint=f"think of a longer one, export {name.upper()}=… and {then}",
        )
    if len(value.encode()) > hub_secrets.LARGEST_BYTES:
        raise PophubError(
            f"{name.upper()} is larger than the {hub_secrets.LARGEST_BYTES} bytes that Parameter Store takes",
            hint="leave out of a certificate's chain what browsers have themselves: the root",
        )
