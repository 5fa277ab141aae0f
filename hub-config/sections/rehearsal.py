"""Rehearsals at the hub: their token and its permissions, and the sign-in of pretended people without a login provider.

pophub/hub/rehearsal uses it. Only root can read the token.
"""

from __future__ import annotations

import os
from typing import Any

from jupyterhub.apihandlers import APIHandler  # type: ignore[import-untyped]
from tornado.web import HTTPError

from pophub.core.contract import PRETENDED_GROUP, REHEARSAL_TOKEN, is_pretended

REHEARSAL = "rehearsal"
# see who works; stop and delete only its own people
SCOPES = [
    *("list:users", "read:users:activity", "read:servers"),
    *(f"{scope}!group={PRETENDED_GROUP}" for scope in ("delete:users", "delete:servers")),
]


class SignInPretended(APIHandler):  # type: ignore[misc]
    """POST /hub/api/rehearsal/NAME signs a pretended person in, like the hub after a login provider's answer."""

    # only the rehearsal's token counts: browsers send cookies automatically
    _accept_cookie_auth = False

    async def post(self, name: str) -> None:
        """Create the user if it is new, and set its cookies."""
        if getattr(self.current_user, "name", "") != REHEARSAL or self.current_user.kind != "service":
            raise HTTPError(403, "only a rehearsal may ask for this")
        if not is_pretended(name):
            raise HTTPError(403, "only people of a rehearsal sign in here")
        user = await self.auth_to_user({"name": name})
        self.set_login_cookie(user)
        self.set_status(204)


def rehearsal_service() -> list[dict[str, Any]]:
    """The service, if the machine has a token for it."""
    token = os.environ.get(REHEARSAL_TOKEN)
    return [{"name": REHEARSAL, "api_token": token}] if token else []


def rehearsal_role() -> list[dict[str, Any]]:
    """Its permissions, if there is one."""
    return [{"name": REHEARSAL, "scopes": SCOPES, "services": [REHEARSAL]}] if rehearsal_service() else []
