"""The requests of the lab's GitHub about membership, each answered as GitHub documents it."""

from __future__ import annotations

from http import HTTPStatus

from lab.github_api import Account, Api, Emails, Teams, TheOrganization, User


class Members(Api):
    """https://docs.github.com/en/rest/orgs/members#list-organization-members: strangers see only public members."""

    def get(self, name: str) -> None:
        organization = self.site.directory.find(name)
        if organization is None:
            self.not_found()
        everybody = self.sees(organization)
        people = (person for person in self.site.directory.people if organization.has(person))
        public = {login.lower() for login in organization.public}
        self.answer_page([{"login": each, "type": "User"} for each in people if everybody or each.lower() in public])


class Member(Api):
    """https://docs.github.com/en/rest/orgs/members#check-organization-membership-for-a-user"""

    def get(self, name: str, person: str) -> None:
        organization = self.site.directory.organization(name)
        # strangers are redirected to the public list
        if not self.sees(organization):
            self.set_header("Location", f"/api/v3/orgs/{name}/public_members/{person}")
            self.answer(HTTPStatus.FOUND)
        self.yes_or_no(organization.has(person))


class PublicMember(Api):
    """https://docs.github.com/en/rest/orgs/members#check-public-organization-membership-for-a-user"""

    def get(self, name: str, person: str) -> None:
        organization = self.site.directory.organization(name)
        shown = {login.lower() for login in organization.public}
        self.yes_or_no(organization.has(person) and person.lower() in shown)


class OwnMembership(Api):
    """https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user"""

    def get(self, name: str) -> None:
        organization = self.site.directory.organization(name)
        token = self.signed_in
        person = token.grant.person
        if "read:org" not in token.grant.scopes or organization.app == "hidden":
            self.answer(
                HTTPStatus.FORBIDDEN, {"message": f"You must be a member of {name} to see membership information"}
            )
        if organization.has(person):
            self.refuse_what_the_organization_refuses(organization, token)
            self.answer(
                HTTPStatus.OK, {"state": "active", "role": "member", "organization": {"login": organization.name}}
            )
        if organization.has_invited(person):
            self.answer(
                HTTPStatus.OK, {"state": "pending", "role": "member", "organization": {"login": organization.name}}
            )
        self.not_found()


class Team(Api):
    """https://docs.github.com/en/rest/teams/teams#get-a-team-by-name

    Only its own members see a secret team:
    https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility
    """

    def get(self, name: str, team: str) -> None:
        organization = self.site.directory.organization(name)
        person = self.signed_in.grant.person
        if not self.sees(organization) or not organization.shows(team, person):
            self.not_found()
        privacy = "secret" if team in organization.secret_teams else "closed"
        self.answer(HTTPStatus.OK, {"slug": team, "privacy": privacy, "organization": {"login": organization.name}})


class TeamMembers(Api):
    """https://docs.github.com/en/rest/teams/members#list-team-members: the team must be visible to the caller."""

    def get(self, name: str, team: str) -> None:
        organization = self.site.directory.organization(name)
        asks = self.signed_in.grant.person
        if not self.sees(organization) or not organization.shows(team, asks):
            self.not_found()
        people = (person for person in self.site.directory.people if organization.has(person, team))
        self.answer_page([{"login": each, "type": "User"} for each in people])


class TeamMember(Api):
    """https://docs.github.com/en/rest/teams/members#get-team-member-legacy"""

    def get(self, name: str, team: str, person: str) -> None:
        # strangers do not even learn that the team exists
        organization = self.site.directory.organization(name)
        asks = self.signed_in.grant.person
        self.yes_or_no(self.sees(organization) and organization.shows(team, asks) and organization.has(person, team))


API_ROUTES: list[tuple[str, type[Api]]] = [
    (r"/api/v3/user", User),
    (r"/api/v3/user/emails", Emails),
    (r"/api/v3/user/teams", Teams),
    (r"/api/v3/user/memberships/orgs/([^/]+)", OwnMembership),
    (r"/api/v3/users/([^/]+)", Account),
    (r"/api/v3/orgs/([^/]+)", TheOrganization),
    (r"/api/v3/orgs/([^/]+)/members", Members),
    (r"/api/v3/orgs/([^/]+)/members/([^/]+)", Member),
    (r"/api/v3/orgs/([^/]+)/public_members/([^/]+)", PublicMember),
    (r"/api/v3/orgs/([^/]+)/teams/([^/]+)", Team),
    (r"/api/v3/orgs/([^/]+)/teams/([^/]+)/members", TeamMembers),
    (r"/api/v3/orgs/([^/]+)/teams/([^/]+)/members/([^/]+)", TeamMember),
]
