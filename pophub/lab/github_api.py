"""The part of GitHub's REST API that sign-in asks: who is this, and where a member. It changes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode

from tornado.web import Finish, RequestHandler

from pophub.lab.directory import Directory, Organization

LARGEST_PAGE = 100
UNAPPROVED = (
    "Although you appear to have the correct authorization credentials, the `{}` organization has enabled OAuth App "
    "access restrictions, meaning that data access to third-parties is limited."
)


@dataclass(frozen=True, slots=True)
class Grant:
    """Who stands behind a token, and what it may see."""

    person: str
    scopes: frozenset[str]


class Api(RequestHandler):
    """Answers only to a token."""

    grant: Grant

    def prepare(self) -> None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        grant = self.settings["grants"].get(token) if scheme.lower() in ("bearer", "token") else None
        if grant is None:
            self.answer(HTTPStatus.UNAUTHORIZED, {"message": "Bad credentials"})
        self.grant = grant

    @property
    def directory(self) -> Directory:
        return self.settings["directory"]  # type: ignore[no-any-return]

    def answer(self, status: HTTPStatus, body: Any = None) -> NoReturn:
        self.set_status(status)
        if body is not None:
            self.set_header("Content-Type", "application/json; charset=utf-8")
            self.write(json.dumps(body))
        raise Finish

    def sees(self, organization: Organization) -> bool:
        """Whether private membership is visible: to members only, and with `read:org` only."""
        if organization.has(self.grant.person) and not organization.app_approved:
            self.answer(HTTPStatus.FORBIDDEN, {"message": UNAPPROVED.format(organization.name)})
        return "read:org" in self.grant.scopes and organization.has(self.grant.person)

    def yes_or_no(self, yes: bool) -> NoReturn:
        if yes:
            self.answer(HTTPStatus.NO_CONTENT)
        self.answer(HTTPStatus.NOT_FOUND, {"message": "Not Found"})


class User(Api):
    """https://docs.github.com/en/rest/users/users#get-the-authenticated-user"""

    def get(self) -> None:
        person = self.grant.person
        number = self.directory.people.index(person) + 1
        self.answer(HTTPStatus.OK, {"login": person, "id": number, "name": person.title(), "email": None})


class Emails(Api):
    """https://docs.github.com/en/rest/users/emails#list-email-addresses-for-the-authenticated-user"""

    def get(self) -> None:
        if not self.grant.scopes & {"user", "user:email"}:
            self.yes_or_no(False)
        address = f"{self.grant.person.lower()}@people.example"
        self.answer(HTTPStatus.OK, [{"email": address, "primary": True, "verified": True, "visibility": "private"}])


class Teams(Api):
    """https://docs.github.com/en/rest/teams/teams#list-teams-for-the-authenticated-user"""

    def get(self) -> None:
        if "read:org" not in self.grant.scopes:
            self.yes_or_no(False)
        teams = [
            {"slug": team, "name": team, "organization": {"login": organization.name}}
            for organization in self.directory.organizations
            for team, _ in organization.teams
            if organization.app_approved and organization.has(self.grant.person, team)
        ]
        size = min(int(self.get_query_argument("per_page", "30")), LARGEST_PAGE)
        page = int(self.get_query_argument("page", "1"))
        if len(teams) > page * size:
            following = urlencode({"per_page": size, "page": page + 1})
            here = f"{self.request.protocol}://{self.request.host}{self.request.path}"
            self.set_header("Link", f'<{here}?{following}>; rel="next"')
        self.answer(HTTPStatus.OK, teams[(page - 1) * size : page * size])


class Member(Api):
    """https://docs.github.com/en/rest/orgs/members#check-organization-membership-for-a-user"""

    def get(self, name: str, person: str) -> None:
        organization = self.directory.organization(name)
        # strangers are sent on to the public list
        if not self.sees(organization):
            self.set_header("Location", f"/api/v3/orgs/{name}/public_members/{person}")
            self.answer(HTTPStatus.FOUND)
        self.yes_or_no(organization.has(person))


class PublicMember(Api):
    """https://docs.github.com/en/rest/orgs/members#check-public-organization-membership-for-a-user"""

    def get(self, name: str, person: str) -> None:
        organization = self.directory.organization(name)
        shown = {login.lower() for login in organization.public}
        self.yes_or_no(organization.has(person) and person.lower() in shown)


class TeamMember(Api):
    """https://docs.github.com/en/rest/teams/members#get-team-member-legacy"""

    def get(self, name: str, team: str, person: str) -> None:
        # strangers are not even told that the team exists
        organization = self.directory.organization(name)
        self.yes_or_no(self.sees(organization) and organization.has(person, team))


API_ROUTES: list[tuple[str, type[Api]]] = [
    (r"/api/v3/user", User),
    (r"/api/v3/user/emails", Emails),
    (r"/api/v3/user/teams", Teams),
    (r"/api/v3/orgs/([^/]+)/members/([^/]+)", Member),
    (r"/api/v3/orgs/([^/]+)/public_members/([^/]+)", PublicMember),
    (r"/api/v3/orgs/([^/]+)/teams/([^/]+)/members/([^/]+)", TeamMember),
]
