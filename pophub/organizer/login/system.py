"""The machine's own Unix accounts."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.organizer.event.login import System
from pophub.organizer.login.provider import LoginProvider, Promise


class SystemLogin(LoginProvider[System]):
    """Unix accounts of the machine, with their own passwords."""

    def people(self) -> str:
        which = "created when a helper adds a person" if self.settings.create_users else "which must exist already"
        return f"Unix accounts of the machine, {which}"

    def before(self) -> Iterator[Promise]:
        yield "account_from_organizers", "The organizers give you a user name and a password."

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield "system_password", f"Open {url} and type the two."
