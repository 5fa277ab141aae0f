"""A password that all participants share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from pophub.organizer.event.login_provider import Admins, LoginProvider, Promise
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, Standings


class SharedPassword(LoginProvider):
    """One password for all participants, another for the helpers."""

    about = "All participants have one password, and the helpers another; both are secrets of the deployment."
    example = "{admins: [ada]}"
    secrets = ("shared_password", "admin_password")
    secrets_source = "think of two long passwords, one for the participants and one for the helpers"
    least_characters: ClassVar[Mapping[str, int]] = {"shared_password": 8, "admin_password": 32}
    warning = "anyone with the shared password can sign in: change it if it leaks"
    files_are_private = False

    admins: Admins = Field(default=(), examples=["[ada]"])

    def standings(self, people: Sequence[Person], environ: Mapping[str, str]) -> Standings:
        return {person.line: Standing.ADMITTED for person in people}

    def people(self) -> str:
        return "everybody who has the password of the event, under any user name"

    def before(self) -> Iterator[Promise]:
        yield "password_from_organizers", "The organizers tell you the event's password. Keep it among yourselves."

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield (
            "own_name",
            f"Open {url}, make up a user name and type the password. Always take the same name: your files belong to it.",
        )
        yield (
            "guessable_name",
            "Whoever has the password and knows your user name can open your files, so choose one that nobody guesses.",
        )


LOGIN = SharedPassword
