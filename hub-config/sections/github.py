"""Sign-in with GitHub: members of organizations and teams, also where their membership is private."""

from __future__ import annotations

from typing import Any

from oauthenticator.github import GitHubOAuthenticator  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from sections.accounts import OwnAccounts
from sections.event import Event
from sections.people import EventPeople, NotAdmitted

WRONG_CLIENT = (
    "GitHub does not accept this hub's client id and secret. For the organizers: compare them with the OAuth app's on "
    "GitHub, then deploy again with the right ones and TF_VAR_secrets_version raised by one."
)
NEITHER = "is in none of the organizations and teams of this event"


class EventGitHub(EventPeople, GitHubOAuthenticator):  # type: ignore[misc]
    """Tells whom it refuses what to do."""

    async def get_token_info(self, handler: Any, params: dict[str, str]) -> dict[str, Any]:
        """GitHub's answer for a wrong secret would otherwise read as if the person were to blame."""
        try:
            return dict(await super().get_token_info(handler, params))
        except HTTPError as error:
            if "client_secret" in str(error.log_message):
                raise HTTPError(503, WRONG_CLIENT) from error
            raise

    async def is_meant(self, username: str, auth_model: dict[str, Any]) -> bool:
        if await GitHubOAuthenticator.check_allowed(self, username, auth_model):
            return True
        organizations = sorted({entry.partition(":")[0] for entry in self.allowed_organizations})
        raise NotAdmitted(
            username, NEITHER, github_url=self.github_url, client_id=self.client_id, organizations=organizations
        )


class LocalEventGitHub(OwnAccounts, EventGitHub):
    """A Unix account of the machine for each."""


def github(c: Config, event: Event) -> None:
    """Client id and secret are read from the environment by the class itself."""
    settings = event["login"]["github"]
    c.JupyterHub.authenticator_class = LocalEventGitHub if settings["create_users"] else EventGitHub
    c.GitHubOAuthenticator.oauth_callback_url = f"{event['url']}/hub/oauth_callback"
    c.GitHubOAuthenticator.allowed_organizations = set(settings["allow"])
    # without it GitHub shows public memberships only
    c.GitHubOAuthenticator.scope = ["read:org"]
