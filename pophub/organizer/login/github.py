"""GitHub as a login provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from pophub.organizer.event.checks import one_or_more, some
from pophub.organizer.event.fields import Organization
from pophub.organizer.event.login_provider import Admins, CreateUsers, LoginProvider, Promise, WhoQuestion, listed
from pophub.organizer.outside import github, github_people
from pophub.organizer.outside.provider import Answer
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standings


class GitHub(LoginProvider):
    """Members of GitHub organizations or teams."""

    about = "Members of GitHub organizations or teams sign in with GitHub."
    example = "{allow: [geohackweek]}"
    secrets = ("github_client_id", "github_client_secret")
    secrets_source = (
        "make an OAuth app (GitHub → Settings → Developer settings → OAuth Apps; better, the organization's own "
        "settings) with the callback URL {url}/hub/oauth_callback"
    )
    admitting = "invite them on GitHub (the organization → People → Invite member), or correct the roster"
    showing = "GitHub shows its members to members: set GH_TOKEN=$(gh auth token), and ask again"
    question = WhoQuestion(
        "organizations",
        "GitHub organizations whose members may sign in, or teams as organization:team (commas between several)",
        key="allow",
        placeholder="not-yet-known",
    )

    allow: Annotated[
        tuple[Organization, ...],
        some("nobody is named, and an open hub is refused", "name an organization or a team: `allow: [geohackweek]`"),
        one_or_more,
    ] = Field(
        examples=["[geohackweek]"],
        description="GitHub organizations, and teams as `organization:team`, whose members may sign in.",
    )
    create_users: CreateUsers = Field(default=False, examples=["true"])
    admins: Admins = Field(default=(), examples=["[octocat]"])

    def people(self) -> str:
        return f"GitHub accounts that are members of {listed(self.allow, 'or')}"

    def before(self) -> Iterator[Promise]:
        yield "github_account", "Have a GitHub account, and tell the organizers its name."
        yield (
            "github_invitation",
            f"Accept the invitation to {organizations(self.allow)} that GitHub sends you by mail; "
            "without it the hub does not let you in. Your membership may stay private.",
        )

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield "github_button", f"Open {url} and press “Sign in with GitHub”."
        yield (
            "github_scope",
            "The first time, GitHub asks whether the hub may read which organizations and teams you are in. "
            "Say yes: it can change nothing there.",
        )
        yield "github_refusal", "If the hub does not let you in, its page says why and what to do."

    def standings(self, people: Sequence[Person], environ: Mapping[str, str]) -> Standings:
        return github_people.standings(github.site_from(environ), self.allow, self.admins, people)

    def examine(self, domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
        return github.examine(self.allow, self.admins, domain, environ)


def organizations(allow: tuple[str, ...]) -> str:
    """The organizations' names without teams, because GitHub invites people to an organization."""
    return " or ".join(dict.fromkeys(entry.partition(":")[0] for entry in allow))


LOGIN = GitHub
