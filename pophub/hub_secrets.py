"""Which secrets a hub needs for its way of signing in; their names only, never a value."""

from __future__ import annotations

from pophub.event import Event

# Parameter Store's last path element, and Terraform's variable (TF_VAR_<name>), for each `login` way
BY_LOGIN = {
    "github": ("github_client_id", "github_client_secret"),
    "google": ("google_client_id", "google_client_secret"),
    "shared_password": ("shared_password", "admin_password"),
    "system": (),
}


def names(event: Event) -> tuple[str, ...]:
    """The secrets of this event's hub."""
    return BY_LOGIN[event.login.kind]
