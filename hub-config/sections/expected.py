"""People of the roster who have not signed in yet: cost-watch may start their servers ahead of a session.

That admits nobody: whether a person may sign in is decided when they do (people.py), and they are no guests.
"""

from __future__ import annotations

from jupyterhub.apihandlers import APIHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError

from pophub.core.contract import EXPECTED_GROUP
from sections.event import Event
from sections.people import put_into
from sections.watch import WATCH


class Expect(APIHandler):  # type: ignore[misc]
    """POST /hub/api/expected/NAME makes a person of the roster known to the hub, so that their server can be started."""

    # browsers send cookies automatically; cost-watch has a token
    _accept_cookie_auth = False

    def initialize(self, event: Event) -> None:
        self.roster = event.get("people", {})

    async def post(self, name: str) -> None:
        """Make the user if it is new. Whoever has been here already is left as they are."""
        if getattr(self.current_user, "name", "") != WATCH or self.current_user.kind != "service":
            raise HTTPError(403, "only cost-watch may ask for this")
        if name not in self.roster or not self.authenticator.validate_username(name):
            raise HTTPError(404, "only people of the roster are expected")
        user = self.user_from_username(name).orm_user
        if user.last_activity is None and all(group.name != EXPECTED_GROUP for group in user.groups):
            put_into(user, EXPECTED_GROUP)
        self.set_status(204)
