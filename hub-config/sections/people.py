"""Who may use an event's hub, with any login: helpers, the people that the event file admits, and guests."""

from __future__ import annotations

from typing import Any

from jupyterhub import orm  # type: ignore[import-untyped]
from jupyterhub.auth import Authenticator  # type: ignore[import-untyped]
from jupyterhub.utils import maybe_future  # type: ignore[import-untyped]
from sqlalchemy.orm import object_session
from tornado.web import HTTPError
from traitlets import Set, Unicode

from pophub.core.contract import EXPECTED_GROUP, PRETENDED_GROUP, is_pretended

GUESTS = "guests"


class NotAdmitted(HTTPError):
    """Signed in, but not one of the event's people; the login's template explains what the person can do."""

    def __init__(self, account: str, why: str, **about: Any) -> None:
        super().__init__(403, "%s %s", account, why)
        self.account = account
        self.about = about


class EventPeople(Authenticator):  # type: ignore[misc]
    """For an authenticator: checks at each sign-in whether the person is still admitted, and keeps no result.

    JupyterHub's allow_existing_users would admit everybody who was ever admitted, also people who have left the
    organization since. Here only guests stay admitted: people whom a helper has added in the admin page, until a helper
    deletes them there. To admit somebody who has left, a helper deletes the person first and then adds them again.
    """

    helpers = Set(Unicode(), config=True, help="The names of the event's helpers, who may always sign in.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._meant: set[str] = set()

    def validate_username(self, username: str) -> bool:
        return is_pretended(username) or bool(super().validate_username(username))

    def check_blocked_users(self, username: str, authentication: Any = None) -> bool:
        if is_pretended(username):
            raise NotAdmitted(username, "is a name of rehearsals", reserved=True)
        return bool(super().check_blocked_users(username, authentication))

    async def is_admitted_by_event_file(self, username: str, auth_model: dict[str, Any]) -> bool:
        """Whether the event file admits a person who has signed in."""
        raise NotImplementedError

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None = None) -> bool:
        if username in self.helpers or username in self.allowed_users:
            return True
        if auth_model is None or not await self.is_admitted_by_event_file(username, auth_model):
            return False
        self._meant.add(username)
        return True

    async def add_user(self, user: Any) -> None:
        """JupyterHub calls this with a row of its database when it starts, and with a User when somebody is new."""
        await maybe_future(super().add_user(user))
        if not isinstance(user, orm.User) and user.name not in self._meant | self.helpers:
            put_into(user.orm_user, PRETENDED_GROUP if is_pretended(user.name) else GUESTS)
        if any(group.name == GUESTS for group in user.groups):
            self.allowed_users.add(user.name)

    async def get_authenticated_user(self, handler: Any, data: Any) -> Any:
        """Whoever signs in is no longer only expected."""
        found = await super().get_authenticated_user(handler, data)
        user = orm.User.find(handler.db, found["name"]) if found else None
        for group in [it for it in user.groups if it.name == EXPECTED_GROUP] if user else ():
            user.groups.remove(group)
            handler.db.commit()
        return found

    def delete_user(self, user: Any) -> None:
        super().delete_user(user)
        self._meant.discard(user.name)


def put_into(user: orm.User, name: str) -> None:
    """Add a person to a group, which is created if it is missing."""
    session = object_session(user)
    group = orm.Group.find(session, name) or orm.Group(name=name)
    user.groups.append(group)
    session.commit()
