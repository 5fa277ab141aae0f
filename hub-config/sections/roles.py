"""The permissions of helpers and services. JupyterHub's own role `admin` can open every server and cannot be limited."""

from __future__ import annotations

from typing import Any

from jupyterhub import orm  # type: ignore[import-untyped]
from sqlalchemy import event as database
from tornado.web import HTTPError
from traitlets.config import Config

from sections.costs import costs_roles
from sections.culling import CULLER
from sections.event import Event, helpers
from sections.helpers_page import helpers_role
from sections.rehearsal import rehearsal_role
from sections.watch import watch_role

HELPER = "helper"
# from https://jupyterhub.readthedocs.io/en/6.1.1/rbac/scopes.html without `tokens`, `shares` and `access:servers`,
# which open servers, and without `proxy`, which could send people to another place
HELPER_SCOPES = [
    *("admin-ui", "admin:users", "servers", "read:servers", "list:groups", "read:groups"),
    *("list:services", "read:services", "read:hub", "read:metrics"),
]
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def roles(c: Config, event: Event) -> None:
    """Only the event file's helpers: a person who is removed from it loses the role at the hub's next start."""
    access = event["server"]["admin_access"]
    people = helpers(event)
    c.JupyterHub.load_roles = [
        {"name": "admin", "users": people if access else []},
        {"name": HELPER, "scopes": HELPER_SCOPES, "users": [] if access else people},
        {"name": CULLER, "scopes": CULLER_SCOPES, "services": [CULLER]},
        *watch_role(),
        *rehearsal_role(),
        *costs_roles(people),
        *helpers_role(people),
    ]
    if not database.contains(orm.User.name, "set", keep_name):
        database.listen(orm.User.name, "set", keep_name)


def keep_name(user: orm.User, name: str, before: Any, _: Any) -> None:
    """Refuse to change a user name: it belongs to a home, and a person with another's name would get the other's files."""
    if isinstance(before, str) and before != name:
        raise HTTPError(400, "A name cannot be changed here: it belongs to a home and to a way to sign in.")


def is_helper(user: Any) -> bool:
    """Whether somebody is a helper, with or without access to servers."""
    return user.admin or any(role.name == HELPER for role in getattr(user, "roles", ()))
