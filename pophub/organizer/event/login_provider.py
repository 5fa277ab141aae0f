"""The base class of the login providers in `pophub/organizer/login`. A provider's class is also its block of the event file.

The hub's side is in `hub-config/sections/logins` and its templates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from pophub.organizer.event.checks import Strict, one_or_more
from pophub.organizer.event.fields import Username
from pophub.organizer.outside.provider import Answer
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings

Admins = Annotated[
    tuple[Username, ...],
    one_or_more,
    Field(description="User names of the helpers, who add people and stop and start servers."),
]
CreateUsers = Annotated[
    bool,
    Field(
        strict=True,
        description="Whether each participant is a Unix account of the machine, which the participant's server runs as.",
    ),
]


# a sentence of the participants' guide, after its key (pophub/organizer/guide/guide.py)
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


def listed(names: tuple[str, ...], word: str) -> str:
    """The names in a sentence; `word` is before the last one."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


class LoginProvider(Strict, ABC):
    """A login provider; its fields are its settings in the event file."""

    # a sentence and an example for the event file's documentation
    about: ClassVar[str]
    example: ClassVar[str]
    # the names of its secrets, and where an organizer gets them; `{url}` is the hub's address
    secrets: ClassVar[tuple[str, ...]] = ()
    secrets_source: ClassVar[str] = ""
    # secret → its shortest length, as JupyterHub demands it
    least_characters: ClassVar[Mapping[str, int]] = {}
    # a warning that the plan shows
    warning: ClassVar[str] = ""
    # how an organizer admits a person of the roster, and how the organizer can see who is admitted
    admitting: ClassVar[str] = ""
    showing: ClassVar[str] = "ask them to try it"
    files_are_private: ClassVar[bool] = True
    question: ClassVar[WhoQuestion | None] = None
    if TYPE_CHECKING:
        # each provider declares this field as its last one, so that it comes last in the documentation
        admins: Admins

    @property
    def makes_accounts(self) -> bool:
        """Whether participants are Unix accounts of the hub's machine."""
        return bool(getattr(self, "create_users", False))

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
