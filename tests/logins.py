"""Each login provider with settings, as in an event file; `grace` is the helper."""

from __future__ import annotations

from typing import Any

from pophub.organizer.login import PROVIDERS

LOGINS: dict[str, dict[str, Any]] = {
    "github": {
        "allow": ["geohackweek", "partners:participants-2027", "partners:others"],
        "create_users": True,
        "admins": ["Grace"],
    },
    "google": {"hosted_domain": ["uni.example", "lab.example"], "admins": ["Grace@uni.example"]},
    "shared_password": {"admins": ["grace"]},
    "system": {"create_users": True, "admins": ["grace"]},
}
# those with a button in place of a form
OAUTH = [kind for kind, provider in PROVIDERS.items() if f"{kind}_client_id" in provider.secrets]
