"""What the organizer's side says and asks about a login. The hub's side is in hub-config/sections and its templates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pophub.organizer.event.checks import Strict
from pophub.organizer.outside.provider import Answer
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings

Settings = TypeVar("Settings", bound=Strict)
# the key of a promise of the participant guide, and its text
Promise = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WhoQuestion:
    """The question of `pophub new` about who may sign in; the answer is a list, at `key` of the login.

    `placeholder` stands there until the question is answered.
    """

    name: str
    text: str
    key: str
    placeholder: str


@dataclass(frozen=True)
class LoginProvider(ABC, Generic[Settings]):
    """A login of an event file, with its settings there."""

    settings: Settings

    # where an organizer gets the secrets; `{url}` is the hub's address
    secrets_source: ClassVar[str] = ""
    # JupyterHub's own minimum lengths, by the secret's name
    least_characters: ClassVar[Mapping[str, int]] = {}
    # a warning of the plan
    warning: ClassVar[str] = ""
    # how an organizer admits a person of the roster, and how the provider shows who is admitted
    admitting: ClassVar[str] = ""
    showing: ClassVar[str] = "ask them to try it"
    files_are_private: ClassVar[bool] = True
    question: ClassVar[WhoQuestion | None] = None

    @abstractmethod
    def people(self) -> str:
        """Who may sign in, for example "Google accounts of uni.example"."""

    @abstractmethod
    def before(self) -> Iterator[Promise]:
        """What a participant needs before the first session."""

    @abstractmethod
    def first_sign_in(self, url: str) -> Iterator[Promise]:
        """How a participant signs in at the hub's address."""

    def user_name(self, person: Person) -> str:
        """The person's user name on the hub; empty if it is not known."""
        return person.account.lower()

    def standings(self, people: Sequence[Person], environ: Mapping[str, str]) -> Standings:
        """Whether each person of a roster can sign in."""
        return {person.line: Standing.UNKNOWN if person.account else Standing.NO_NAME for person in people}

    def examine(self, domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
        """What the provider says about the event's sign-in before a deploy; empty if there is nobody to ask."""
        return ()
