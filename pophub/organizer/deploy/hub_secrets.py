"""Which secrets a hub needs, to sign people in, remember them and be trusted; their names only, never a value."""

from __future__ import annotations

from pophub.organizer.event.event import Event

# Parameter Store's last path element, and Terraform's variable (TF_VAR_<name>), for each `login` way
BY_LOGIN = {
    "github": ("github_client_id", "github_client_secret"),
    "google": ("google_client_id", "google_client_secret"),
    "shared_password": ("shared_password", "admin_password"),
    "system": (),
}
# the address of a PostgreSQL holds its password
DATABASE = "database_url"
# the organizer's own certificate, which may be too long for a parameter of the Standard tier
OWN_CERTIFICATE = ("tls_certificate", "tls_key")
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
LARGEST_BYTES = 8192
# JupyterHub's own: whoever can write a longer one down may
LEAST_CHARACTERS = {"shared_password": 8, "admin_password": 32}


def names(event: Event) -> tuple[str, ...]:
    """The secrets of this event's hub."""
    database = (DATABASE,) if event.database == "postgresql" else ()
    certificate = OWN_CERTIFICATE if event.tls.mode == "files" else ()
    return (*BY_LOGIN[event.login.kind], *database, *certificate)
