"""How people sign in at an event that is shown: a provider of the lab's, made-up secrets, and people who try it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab.directory import Directory
from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.github_state import LOOPBACK
from lab.google import LabGoogle
from lab.google_accounts import accounts_for
from lab.hub import Secrets, SignIn
from pophub.core.contract import LOGIN_SECRETS
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event

NAMES = ("ada", "grace", "katherine")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the hub's address: `person` at the provider, and `name` at the hub if that is another one.

    `password` is None if the provider asks for none.
    """

    person: str
    name: str | None = None
    password: str | None = None

    def sign_in(self, hub_url: str) -> FakeParticipant:
        """Come in.

        Raises:
            Refused: the hub does not let this person in.
        """
        participant = FakeParticipant(hub_url, self.person, self.name)
        if self.password is None:
            participant.sign_in()
        else:
            participant.sign_in_with(self.password)
        return participant


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One way to sign in. `secrets` are those of the login; `people` are lines about who can sign in and how."""

    provider: SignIn
    secrets: Mapping[str, str]
    place: str
    way: str
    member: Visitor
    stranger: Visitor
    people: tuple[str, ...]


def sign_in_of(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    """The event's own way to sign in; `stack` ends it."""
    require_stand_in(event)
    return _BY_KIND[event.login.kind](event, folder, stack)


def require_stand_in(event: Event) -> None:
    """Refuse a way to sign in that this computer cannot show.

    Raises:
        PophubError: it has no stand-in.
    """
    if event.login.kind not in _BY_KIND:
        raise PophubError(
            f"login `{event.login.kind}` cannot be shown: people would be Unix accounts of this computer",
            hint="in a copy of the event file, write `login: {shared_password: {}}`, and show the copy: pophub demo COPY.yaml",
        )


def _github(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    directory = Directory.for_event(event)
    # the hub's address here, and its address on AWS
    github = stack.enter_context(LabGitHub(directory, folder, callback_hosts=[*LOOPBACK, event.domain]))
    settings = event.login.github
    assert settings is not None
    # without an organization, only members of its team may sign in
    member = directory.person("ada" if any(":" not in entry for entry in settings.allow) else "grace")
    assert member is not None
    helpers = {name.lower() for name in settings.admins}
    people = (
        f"  {name}: {directory.describe(name)}{', a helper' if name.lower() in helpers else ''}"
        for name in directory.people
    )
    return DemoSignIn(
        github,
        dict(zip(LOGIN_SECRETS["github"], (github.client_id, github.client_secret), strict=True)),
        f"a GitHub at {github.url}",
        "through the whole OAuth exchange",
        Visitor(member),
        Visitor("mallory"),
        ("Sign in with the lab's GitHub; who you are there is your choice:", *people),
    )


def _google(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    accounts = list({account.email: account for account in accounts_for(event)}.values())
    google = stack.enter_context(LabGoogle(accounts, folder, callback_hosts=[*LOOPBACK, event.domain]))
    settings = event.login.google
    assert settings is not None
    first = settings.hosted_domain[0]
    helpers = {name.lower() if "@" in name else f"{name.lower()}@{first}" for name in settings.admins}
    people = (
        f"  {account.email}: {account.described}{', a helper' if account.email.lower() in helpers else ''}"
        for account in accounts
    )
    return DemoSignIn(
        google,
        dict(zip(LOGIN_SECRETS["google"], (google.client_id, google.client_secret), strict=True)),
        f"a Google at {google.url}",
        "through the whole OAuth exchange",
        Visitor(f"ada@{first}", "ada"),
        Visitor("mallory@elsewhere.example"),
        ("Sign in with the lab's Google; who you are there is your choice:", *people),
    )


def _shared_password(event: Event, folder: Path, stack: ExitStack) -> DemoSignIn:
    made_up = {name: secrets.token_hex(16) for name in LOGIN_SECRETS["shared_password"]}
    shared, admins = (made_up[name] for name in LOGIN_SECRETS["shared_password"])
    helpers = event.login.admins
    # a helper's name would need the helpers' password
    member = next(name for name in (*NAMES, "a-participant") if name not in {helper.lower() for helper in helpers})
    lines = (
        f"Sign in under any user name, for example {member}, with the made-up password {shared}",
        *([f"  helpers ({', '.join(helpers)}) with their own: {admins}"] if helpers else []),
    )
    return DemoSignIn(
        Secrets({name.upper(): value for name, value in made_up.items()}),
        made_up,
        "two made-up passwords",
        "with the shared password",
        Visitor(member, password=shared),
        Visitor("mallory", password="a guessed one"),
        lines,
    )


_BY_KIND: dict[str, Callable[[Event, Path, ExitStack], DemoSignIn]] = {
    "github": _github,
    "google": _google,
    "shared_password": _shared_password,
}
