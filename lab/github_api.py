"""The part of GitHub's REST API that sign-in and `pophub doctor` use: people, organizations, teams and membership.

It changes nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode

from tornado.web import Finish

from lab.directory import Organization
from lab.github_state import KNOWN_CALLERS_LIMIT, UNKNOWN_CALLERS_LIMIT, Token
from lab.github_web import Handler

LARGEST_PAGE = 100
# the text as seen in https://github.com/gitbutlerapp/gitbutler/issues/8594
UNAPPROVED = (
    "Although you appear to have the correct authorization credentials, the `{}` organization has enabled OAuth App "
    "access restrictions, meaning that data access to third-parties is limited. For more information on these "
    "restrictions, including how to enable this app, visit "
    "https://docs.github.com/articles/restricting-access-to-your-organization-s-data/"
)
# the text as seen in https://github.com/Reviewable/Reviewable/issues/804
SAML = (
    "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization."
)
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#user-agent-required
NO_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."


class Api(Handler):
    """Counts each request and knows the caller: `token` is None for a stranger and for the OAuth app itself."""

    token: Token | None = None

    async def prepare(self) -> None:
        if (fault := super().prepare()) is not None:
            await fault
            return
        if not self.request.headers.get("User-Agent"):
            self.set_status(HTTPStatus.FORBIDDEN)
            self.finish(NO_AGENT)
            return
        caller, limit = self._caller()
        window = self.site.count(caller, limit)
        for name, value in window.headers().items():
            self.set_header(name, value)
        if window.used > window.limit:
            self.answer(HTTPStatus.FORBIDDEN, {"message": f"API rate limit exceeded for {caller}."})

    def _caller(self) -> tuple[str, int]:
        scheme, _, word = self.request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return self.request.remote_ip or "", UNKNOWN_CALLERS_LIMIT
        if scheme.lower() == "basic" and self._is_the_app(word):
            # https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-oauth-apps
            return self.site.client_id, KNOWN_CALLERS_LIMIT
        self.token = self.site.tokens.get(word) if scheme.lower() in ("bearer", "token") else None
        if self.token is None:
            self.answer(HTTPStatus.UNAUTHORIZED, {"message": "Bad credentials"})
        return f"user {self.token.grant.person}", KNOWN_CALLERS_LIMIT

    def _is_the_app(self, word: str) -> bool:
        try:
            given = base64.b64decode(word, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return given == f"{self.site.client_id}:{self.site.client_secret}"

    @property
    def signed_in(self) -> Token:
        """The person who asks.

        Raises:
            Finish: the caller is not a person; GitHub answers 401.
        """
        if self.token is None:
            self.answer(HTTPStatus.UNAUTHORIZED, {"message": "Requires authentication"})
        return self.token

    def answer(self, status: HTTPStatus, body: Any = None) -> NoReturn:
        self.set_status(status)
        if body is not None:
            self.set_header("Content-Type", "application/json; charset=utf-8")
            self.write(json.dumps(body))
        raise Finish

    def sees(self, organization: Organization) -> bool:
        """Whether private membership is visible: only to members, and only with `read:org`."""
        token = self.token
        if token is None or not organization.has(token.grant.person):
            return False
        self.refuse_what_the_organization_refuses(organization, token)
        return organization.app != "hidden" and "read:org" in token.grant.scopes

    def refuse_what_the_organization_refuses(self, organization: Organization, token: Token) -> None:
        """Answer a member with 403 if the organization does not admit our app, or requires its own sign-in.

        https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/authorizing-an-app-for-single-sign-on
        The header as seen in https://github.com/scala-steward-org/scala-steward-action/issues/173
        """
        if organization.app == "refused":
            self.answer(HTTPStatus.FORBIDDEN, {"message": UNAPPROVED.format(organization.name)})
        if organization.saml and organization.name.lower() not in token.single_sign_on:
            place = f"{self.request.protocol}://{self.request.host}/orgs/{organization.name}/sso"
            self.set_header("X-GitHub-SSO", f"required; url={place}?authorization_request=A4X")
            self.answer(HTTPStatus.FORBIDDEN, {"message": SAML})

    def answer_page(self, entries: Sequence[Any]) -> NoReturn:
        """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
        size = min(int(self.get_query_argument("per_page", "30")), LARGEST_PAGE)
        page = int(self.get_query_argument("page", "1"))
        if len(entries) > page * size:
            following = urlencode({"per_page": size, "page": page + 1})
            here = f"{self.request.protocol}://{self.request.host}{self.request.path}"
            self.set_header("Link", f'<{here}?{following}>; rel="next"')
        self.answer(HTTPStatus.OK, entries[(page - 1) * size : page * size])

    def yes_or_no(self, yes: bool) -> NoReturn:
        if yes:
            self.answer(HTTPStatus.NO_CONTENT)
        self.not_found()

    def not_found(self) -> NoReturn:
        self.answer(HTTPStatus.NOT_FOUND, {"message": "Not Found"})


class User(Api):
    """https://docs.github.com/en/rest/users/users#get-the-authenticated-user"""

    def get(self) -> None:
        person = self.signed_in.grant.person
        number = self.site.directory.people.index(person) + 1
        about = {"login": person, "id": number, "type": "User", "name": person.title(), "email": None}
        self.answer(HTTPStatus.OK, about)


class Account(Api):
    """https://docs.github.com/en/rest/users/users#get-a-user: organizations are accounts, too."""

    def get(self, name: str) -> None:
        if person := self.site.directory.person(name):
            self.answer(HTTPStatus.OK, {"login": person, "type": "User"})
        if organization := self.site.directory.find(name):
            self.answer(HTTPStatus.OK, {"login": organization.name, "type": "Organization"})
        self.not_found()


class TheOrganization(Api):
    """https://docs.github.com/en/rest/orgs/orgs#get-an-organization"""

    def get(self, name: str) -> None:
        organization = self.site.directory.find(name)
        if organization is None:
            self.not_found()
        self.answer(HTTPStatus.OK, {"login": organization.name, "type": "Organization"})


class Emails(Api):
    """https://docs.github.com/en/rest/users/emails#list-email-addresses-for-the-authenticated-user"""

    def get(self) -> None:
        grant = self.signed_in.grant
        if not grant.scopes & {"user", "user:email"}:
            self.not_found()
        address = f"{grant.person.lower()}@people.example"
        self.answer(HTTPStatus.OK, [{"email": address, "primary": True, "verified": True, "visibility": "private"}])


class Teams(Api):
    """https://docs.github.com/en/rest/teams/teams#list-teams-for-the-authenticated-user"""

    def get(self) -> None:
        token = self.signed_in
        if "read:org" not in token.grant.scopes:
            self.not_found()
        teams = [
            {"slug": team, "name": team, "organization": {"login": organization.name}}
            for organization in self.site.directory.organizations
            for team, _ in organization.teams
            if organization.app == "approved" and organization.has(token.grant.person, team)
            if not organization.saml or organization.name.lower() in token.single_sign_on
        ]
        self.answer_page(teams)
