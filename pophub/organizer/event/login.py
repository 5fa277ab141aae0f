"""The login of an event: the settings of exactly one login provider."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ConfigDict, Field, create_model, model_validator

from pophub.organizer.event.checks import JsonSchema, Strict, wrong
from pophub.organizer.event.login_provider import LoginProvider
from pophub.organizer.login import PROVIDERS


def _one_of_them(schema: JsonSchema) -> None:
    schema |= {"minProperties": 1, "maxProperties": 1}
    for way in schema["properties"].values():
        [way["$ref"]] = [each["$ref"] for each in way.pop("anyOf") if "$ref" in each]


FIELDS: dict[str, Any] = {
    kind: (provider | None, Field(default=None, examples=[provider.example], description=provider.about))
    for kind, provider in PROVIDERS.items()
}
_Providers: Any = create_model("_Providers", __base__=Strict, **FIELDS)


class Login(_Providers):  # type: ignore[misc]
    """Who may sign in: exactly one way."""

    model_config = ConfigDict(json_schema_extra=_one_of_them)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in PROVIDERS if name in self.model_fields_set]
        if not ways:
            raise wrong("nobody could sign in: no login method is set", f"give one of {', '.join(PROVIDERS)}")
        if len(ways) > 1:
            raise wrong("exactly one way to sign in must be given", f"keep one of {', '.join(ways)}")
        if not self.kind:
            raise wrong("this login method has no settings", at=(ways[0],))
        return self

    @property
    def kind(self) -> str:
        """The name of the one way that is given."""
        return next((name for name in PROVIDERS if getattr(self, name) is not None), "")

    @property
    def provider(self) -> LoginProvider:
        """The provider of the one way that is given, with the event's settings."""
        provider: LoginProvider = getattr(self, self.kind)
        return provider

    @property
    def admins(self) -> tuple[str, ...]:
        """The helpers' user names."""
        return self.provider.admins
