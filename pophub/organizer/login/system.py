"""The machine's own Unix accounts."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator

from pophub.organizer.event.checks import JsonSchema, wrong
from pophub.organizer.event.login_provider import Admins, CreateUsers, LoginProvider, Promise

ROOT: JsonSchema = {"const": "root"}
ROOT_AMONG: JsonSchema = {"type": "array", "contains": ROOT}


class System(LoginProvider):
    """Unix accounts of the machine, with their own passwords."""

    about = "Unix accounts of the machine sign in with their own passwords."
    example = "{create_users: true}"

    create_users: CreateUsers = Field(
        default=False,
        examples=["true"],
        description="Whether everybody whom a helper adds in the admin page gets a Unix account.",
    )
    admins: Admins = Field(default=(), examples=["[ada]"], json_schema_extra={"not": {"anyOf": [ROOT, ROOT_AMONG]}})

    @field_validator("admins")
    @classmethod
    def _people(cls, admins: Admins) -> Admins:
        if "root" in admins:
            raise wrong("root is nobody's own account", "name a person's account", (admins.index("root"),))
        return admins

    @property
    def makes_accounts(self) -> bool:
        return True

    def people(self) -> str:
        which = "created when a helper adds a person" if self.create_users else "which must exist already"
        return f"Unix accounts of the machine, {which}"

    def before(self) -> Iterator[Promise]:
        yield "account_from_organizers", "The organizers give you a user name and a password."

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield "system_password", f"Open {url} and type the two."


LOGIN = System
