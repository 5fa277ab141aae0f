"""The ways to sign in, of which an event has exactly one. Who a person is at each of them, only the hub asks."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from pophub.organizer.event.fields import Hostname, Organization, Strict, Username, some, wrong

Admins = tuple[Username, ...]
# a Unix account of the machine for each participant, and a server that runs as it
CreateUsers = Annotated[bool, Field(strict=True)]


class GitHub(Strict):
    """Members of GitHub organizations (`org`) or teams (`org:team`)."""

    allow: Annotated[
        tuple[Organization, ...],
        some("nobody is named, and an open hub is refused", "name an organization or a team: `allow: [geohackweek]`"),
    ] = Field(examples=["[geohackweek]"])
    create_users: CreateUsers = Field(default=False, examples=["true"])
    admins: Admins = Field(default=(), examples=["[octocat]"])


class Google(Strict):
    """Accounts of Google Workspace domains; the people of all but the first keep their domain in their names."""

    hosted_domain: Annotated[
        tuple[Hostname, ...],
        some("nobody is named, and an open hub is refused", "name a domain: `hosted_domain: [uni.example]`"),
    ] = Field(examples=["[uni.example]"])
    create_users: CreateUsers = Field(default=False, examples=["true"])
    admins: Admins = Field(default=(), examples=["[ada]"])


class SharedPassword(Strict):
    """One password for all participants, another for the admins."""

    admins: Admins = Field(default=(), examples=["[ada]"])


class System(Strict):
    """Unix accounts of the machine, with their own passwords."""

    # an account for everybody whom a helper adds in the admin page
    create_users: CreateUsers = Field(default=False, examples=["true"])
    admins: Admins = Field(default=(), examples=["[ada]"])

    @field_validator("admins")
    @classmethod
    def _people(cls, admins: Admins) -> Admins:
        if "root" in admins:
            raise wrong("root is nobody's own account", "name a person's account", (admins.index("root"),))
        return admins


class Login(Strict):
    """Who may sign in: exactly one way."""

    github: GitHub | None = Field(default=None, examples=["{allow: [geohackweek]}"])
    google: Google | None = Field(default=None, examples=["{hosted_domain: [uni.example]}"])
    shared_password: SharedPassword | None = Field(default=None, examples=["{admins: [ada]}"])
    system: System | None = Field(default=None, examples=["{create_users: true}"])

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in type(self).model_fields if name in self.model_fields_set]
        if not ways:
            raise wrong("nobody could sign in: no way is given", f"give one of {', '.join(type(self).model_fields)}")
        if len(ways) > 1:
            raise wrong("exactly one way to sign in must be given", f"keep one of {', '.join(ways)}")
        if not self.kind:
            raise wrong("nothing stands below this way to sign in", at=(ways[0],))
        return self

    @property
    def kind(self) -> str:
        """The name of the one way that is given."""
        return next((name for name in type(self).model_fields if getattr(self, name) is not None), "")

    @property
    def admins(self) -> tuple[str, ...]:
        """The helpers' user names, whichever the way."""
        return tuple(getattr(self, self.kind).admins)
