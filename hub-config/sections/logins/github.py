"""Sign-in with GitHub: members of organizations and teams, including private memberships."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from oauthenticator.github import GitHubOAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from sections.event import Event
from sections.oauth import CAUSES, LIMITS, EventOAuth, SignInTrouble, body_of, message_of, unanswered
from sections.people import NotAdmitted
from sections.unix_accounts import OwnAccounts

NEITHER = "is in none of the organizations and teams of this event"
SEES_MEMBERS = {"read:org", "write:org", "admin:org"}
# a person's relation to an organization, in the order of how easily the person can get in
MEMBER = "member"
MEMBERSHIP_STATES = ("single_sign_on", "invited", "unapproved", "not_in_team", "not_a_member")
# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors and
# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
GITHUB_CAUSES = {
    "incorrect_client_credentials": "secret",
    # GitHub does not know the client id: https://github.com/octokit/auth-oauth-user.js/issues/239
    "Not Found": "secret",
    "bad_verification_code": "again",
    "unverified_user_email": "unverified",
    "application_suspended": "suspended",
}


class EventGitHub(EventOAuth, GitHubOAuthenticator):  # type: ignore[misc]
    """Tells each refused person what is missing, as far as GitHub says it."""

    causes = CAUSES | GITHUB_CAUSES

    async def is_admitted_by_event_file(self, username: str, auth_model: dict[str, Any]) -> bool:
        """Whether one organization lists the person. An error at another organization then does not matter."""
        state = auth_model["auth_state"]
        entries = sorted(self.allowed_organizations)
        found = await asyncio.gather(
            *(self._standing(entry, username, state) for entry in entries), return_exceptions=True
        )
        if MEMBER in found:
            return True
        for failure in found:
            if isinstance(failure, BaseException):
                raise failure
        standings = {
            entry: standing for entry, standing in zip(entries, found, strict=True) if standing != MEMBERSHIP_STATES[-1]
        }
        raise NotAdmitted(
            username,
            NEITHER,
            github_url=self.github_url,
            client_id=self.client_id,
            organizations=sorted({entry.partition(":")[0] for entry in entries}),
            standing=min(standings.values(), key=MEMBERSHIP_STATES.index, default=MEMBERSHIP_STATES[-1]),
            standings=standings,
            blind=not SEES_MEMBERS & set(granted(state)),
        )

    async def _standing(self, entry: str, username: str, state: dict[str, Any]) -> str:
        """The person's relation to an organization or to its team.

        https://docs.github.com/en/rest/orgs/members#check-organization-membership-for-a-user
        https://docs.github.com/en/rest/teams/members#get-team-member-legacy
        """
        organization, _, team = entry.partition(":")
        place = f"/teams/{quote(team)}/members/" if team else "/members/"
        reply = await self._ask(f"/orgs/{organization}{place}{quote(username)}", state)
        if reply.code == 204:
            return MEMBER
        if reply.code == 403 and (reason := forbidden(reply)):
            return reason
        # GitHub redirects (302) to the public members, and the client follows
        if reply.code != 404:
            raise unanswered(reply, f"asking for {username} at {entry}")
        return await self._of_the_organization(organization, bool(team), state)

    async def _of_the_organization(self, organization: str, is_team: bool, state: dict[str, Any]) -> str:
        """https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user"""
        reply = await self._ask(f"/user/memberships/orgs/{organization}", state)
        if reply.code == 403:
            return forbidden(reply) or MEMBERSHIP_STATES[-1]
        if reply.code == 404:
            return MEMBERSHIP_STATES[-1]
        own = body_of(reply).get("state")
        if own not in ("active", "pending"):
            raise unanswered(reply, f"asking for the own membership of {organization}")
        if own == "pending":
            return "invited"
        return "not_in_team" if is_team else MEMBER

    async def _ask(self, place: str, state: dict[str, Any]) -> Any:
        token = state["token_response"]
        reply = await self.httpfetch(
            self.github_api + place,
            "asking for a membership",
            parse_json=False,
            raise_error=False,
            method="GET",
            headers=self.build_userdata_request_headers(token["access_token"], token["token_type"]),
            validate_cert=self.validate_server_cert,
        )
        if reply.code == 401:
            raise SignInTrouble("again", f"the token is refused at {place}")
        return reply


class LocalEventGitHub(OwnAccounts, EventGitHub):
    """Creates a Unix account of the machine for each person."""


def forbidden(reply: Any) -> str | None:
    """Why the hub cannot see an organization's members; None if it is not one of the two reasons that have a page.

    The header:
    https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#authentication-with-saml-sso
    The message: https://github.com/gitbutlerapp/gitbutler/issues/8594
    """
    if "X-GitHub-SSO" in reply.headers:
        return "single_sign_on"
    return "unapproved" if "access restrictions" in message_of(body_of(reply)) else None


def granted(state: dict[str, Any]) -> list[str]:
    """The scopes that the person has granted; GitHub separates them by commas."""
    return [scope for text in state.get("scope") or () for scope in str(text).replace(",", " ").split()]


def configure(c: Config, event: Event) -> None:
    """The class itself reads client id and secret from the environment."""
    settings = event["login"]["github"]
    c.JupyterHub.authenticator_class = LocalEventGitHub if settings["create_users"] else EventGitHub
    c.GitHubOAuthenticator.oauth_callback_url = f"{event['url']}/hub/oauth_callback"
    c.GitHubOAuthenticator.allowed_organizations = set(settings["allow"])
    c.GitHubOAuthenticator.http_request_kwargs = LIMITS
    # without this scope GitHub shows only public memberships
    c.GitHubOAuthenticator.scope = ["read:org"]
