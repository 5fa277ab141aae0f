"""Google as a login provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from pophub.organizer.event.checks import one_or_more, some
from pophub.organizer.event.fields import Hostname
from pophub.organizer.event.login_provider import Admins, CreateUsers, LoginProvider, Promise, WhoQuestion, listed
from pophub.organizer.outside import google
from pophub.organizer.outside.provider import Answer
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings


class Google(LoginProvider):
    """Accounts of Google Workspace domains."""

    about = "Accounts of Google Workspace domains sign in with Google."
    example = "{hosted_domain: [uni.example]}"
    secrets = ("google_client_id", "google_client_secret")
    secrets_source = (
        "make an OAuth client (Google Cloud console → APIs & Services → Credentials; a web application) with "
        "the redirect URI {url}/hub/oauth_callback"
    )
    admitting = "add their domain to `login.google.hosted_domain`, or have a helper add them as guests"
    question = WhoQuestion(
        "domains",
        "Google Workspace domains whose accounts may sign in (commas between several)",
        key="hosted_domain",
        placeholder="not-yet-known.example",
    )

    hosted_domain: Annotated[
        tuple[Hostname, ...],
        some("nobody is named, and an open hub is refused", "name a domain: `hosted_domain: [uni.example]`"),
        one_or_more,
    ] = Field(
        examples=["[uni.example]"],
        description="Google Workspace domains whose accounts may sign in. User names of all but the first domain "
        "include it.",
    )
    create_users: CreateUsers = Field(default=False, examples=["true"])
    admins: Admins = Field(default=(), examples=["[ada]"])

    def people(self) -> str:
        return f"Google accounts of {listed(self.hosted_domain, 'or')}"

    def before(self) -> Iterator[Promise]:
        yield "google_account", f"Have your Google account of {' or '.join(self.hosted_domain)} at hand."

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield "google_button", f"Open {url}, press “Sign in with Google” and choose that account."

    def user_name(self, person: Person) -> str:
        """People of the first domain have user names without the domain, as hub-config/sections/logins/google.py makes them."""
        address = (person.account or person.mail).lower()
        name, _, domain = address.rpartition("@")
        return name if domain == self.hosted_domain[0].lower() else address

    def standings(self, people: Sequence[Person], environ: Mapping[str, str]) -> Standings:
        return {person.line: self._standing(person) for person in people}

    def _standing(self, person: Person) -> Standing:
        address = (person.account or person.mail).lower()
        if "@" not in address:
            return Standing.NO_NAME
        domains = {domain.lower() for domain in self.hosted_domain}
        admitted = address.rpartition("@")[2] in domains or self.user_name(person) in self.admins
        return Standing.ADMITTED if admitted else Standing.NOT_ADMITTED

    def examine(self, domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
        return google.examine(self.hosted_domain, domain, environ)


LOGIN = Google
