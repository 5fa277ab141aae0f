"""Sign-in with Google: the accounts of Workspace domains."""

from __future__ import annotations

from typing import Any

from jupyterhub.auth import Authenticator  # type: ignore[import-untyped]
from oauthenticator.google import GoogleOAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.oauth import CAUSES, LIMITS, EventOAuth
from sections.people import NotAdmitted
from sections.unix_accounts import OwnAccounts


class EventGoogle(EventOAuth, GoogleOAuthenticator):  # type: ignore[misc]
    """Google's own statement of an account's domain (`hd`) counts, not the part of the address after the @.

    People of the first domain have user names without the domain, all others with it. So another domain can be added
    later without a change of anybody's user name and home.
    """

    # https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
    causes = CAUSES | {"org_internal": "internal", "admin_policy_enforced": "policy"}
    # the class's own names are OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET
    client_id_env = "GOOGLE_CLIENT_ID"
    client_secret_env = "GOOGLE_CLIENT_SECRET"  # noqa: S105 - a variable's name

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        address = str(user_info["email"]).lower()
        name, _, user_info["domain"] = address.rpartition("@")
        first = self.hosted_domain[0]
        return name if user_info["domain"] == user_info.get("hd") == first else address

    def check_blocked_users(self, username: str, auth_model: dict[str, Any]) -> bool:
        account = auth_model["auth_state"][self.user_auth_state_key]
        if not account.get("verified_email"):
            raise NotAdmitted(account["email"], "is an address that Google has not verified", unverified=True)
        # is_admitted_by_event_file checks the domain, so that helpers and guests may come from others
        return bool(Authenticator.check_blocked_users(self, username, auth_model))

    async def is_admitted_by_event_file(self, username: str, auth_model: dict[str, Any]) -> bool:
        account = auth_model["auth_state"][self.user_auth_state_key]
        if account.get("hd") in self.hosted_domain:
            return True
        raise NotAdmitted(account["email"], "is of none of the domains of this event")


class LocalEventGoogle(OwnAccounts, EventGoogle):
    """Creates a Unix account of the machine for each person."""


def configure(c: Config, event: Event) -> None:
    """The class itself reads client id and secret from the environment."""
    settings = event["login"]["google"]
    c.JupyterHub.authenticator_class = LocalEventGoogle if settings["create_users"] else EventGoogle
    c.GoogleOAuthenticator.oauth_callback_url = f"{event['url']}/hub/oauth_callback"
    c.GoogleOAuthenticator.http_request_kwargs = LIMITS
    c.GoogleOAuthenticator.hosted_domain = settings["hosted_domain"]
    # people with several accounts choose one at each sign-in
    c.GoogleOAuthenticator.extra_authorize_params = {"prompt": "select_account"}
