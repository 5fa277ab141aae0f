"""The ways to sign in; an event has exactly one of them. Only the hub checks who a person is."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from pophub.organizer.event.checks import JsonSchema, Strict, one_or_more, some, wrong
from pophub.organizer.event.fields import Hostname, Organization, Username

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


def listed(names: tuple[str, ...], word: str) -> str:
    """The names in a sentence; `word` is before the last one."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


class GitHub(Strict):
    """Members of GitHub organizations or teams."""

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


class Google(Strict):
    """Accounts of Google Workspace domains."""

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


class SharedPassword(Strict):
    """One password for all participants, another for the helpers."""

    admins: Admins = Field(default=(), examples=["[ada]"])


ROOT: JsonSchema = {"const": "root"}
ROOT_AMONG: JsonSchema = {"type": "array", "contains": ROOT}


class System(Strict):
    """Unix accounts of the machine, with their own passwords."""

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


def _one_of_them(schema: JsonSchema) -> None:
    schema |= {"minProperties": 1, "maxProperties": 1}
    for way in schema["properties"].values():
        [way["$ref"]] = [each["$ref"] for each in way.pop("anyOf") if "$ref" in each]


class Login(Strict):
    """Who may sign in: exactly one way."""

    model_config = ConfigDict(json_schema_extra=_one_of_them)

    github: GitHub | None = Field(
        default=None,
        examples=["{allow: [geohackweek]}"],
        description="Members of GitHub organizations or teams sign in with GitHub.",
    )
    google: Google | None = Field(
        default=None,
        examples=["{hosted_domain: [uni.example]}"],
        description="Accounts of Google Workspace domains sign in with Google.",
    )
    shared_password: SharedPassword | None = Field(
        default=None,
        examples=["{admins: [ada]}"],
        description="All participants have one password, and the helpers another; both are secrets of the deployment.",
    )
    system: System | None = Field(
        default=None,
        examples=["{create_users: true}"],
        description="Unix accounts of the machine sign in with their own passwords.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in type(self).model_fields if name in self.model_fields_set]
        if not ways:
            raise wrong(
                "nobody could sign in: no login method is set", f"give one of {', '.join(type(self).model_fields)}"
            )
        if len(ways) > 1:
            raise wrong("exactly one way to sign in must be given", f"keep one of {', '.join(ways)}")
        if not self.kind:
            raise wrong("this login method has no settings", at=(ways[0],))
        return self

    @property
    def kind(self) -> str:
        """The name of the one way that is given."""
        return next((name for name in type(self).model_fields if getattr(self, name) is not None), "")

    @property
    def admins(self) -> tuple[str, ...]:
        """The helpers' user names."""
        return tuple(getattr(self, self.kind).admins)

    @property
    def makes_accounts(self) -> bool:
        """Whether participants are Unix accounts of the hub's machine."""
        return self.system is not None or getattr(getattr(self, self.kind), "create_users", False)
