"""Each login provider with settings, as in an event file."""

from __future__ import annotations

from typing import Any

LOGINS: dict[str, dict[str, Any]] = {
    "github": {"allow": ["geohackweek", "partners:participants-2027", "partners:others"], "admins": ["octocat"]},
    "google": {"hosted_domain": ["uni.example", "lab.example"], "admins": ["octocat"]},
    "shared_password": {"admins": ["octocat"]},
    "system": {"create_users": True, "admins": ["octocat"]},
}
