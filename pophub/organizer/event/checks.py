"""The checks that fields of our YAML files consist of: each has its own error text and its part of the JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

JsonSchema = dict[str, Any]


class Strict(BaseModel):
    """A model that refuses unknown keys, because they are typos, and that cannot be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(problem: str, remedy: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """A validation error with its remedy; `at` is the place of the wrong value, relative to the checked field."""
    return PydanticCustomError("event", "{problem}", {"problem": problem, "remedy": remedy, "at": list(at)})


@dataclass(frozen=True, slots=True)
class Checked:
    """A validator, and the function that adds the same rule to the JSON Schema of the checked value."""

    validator: AfterValidator | BeforeValidator
    in_schema: Callable[[JsonSchema], JsonSchema]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.validator.__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return self.in_schema(handler(core))


def formed(pattern: str, what: str) -> Checked:
    """Accept only text that matches `pattern`; `what` completes the sentence "this is not …".

    The pattern must mean the same in Python and in ECMAScript, because JSON Schema uses ECMAScript's.
    """

    def check(value: str) -> str:
        if re.fullmatch(pattern, value):
            return value
        raise wrong(f"not {what}")

    return Checked(AfterValidator(check), lambda inner: inner | text_of(pattern, what))


def text_of(pattern: str, what: str) -> JsonSchema:
    """The JSON Schema of text that matches `pattern`, with the message that an editor shows instead of the pattern.

    Source of `patternErrorMessage`: https://code.visualstudio.com/docs/languages/json
    """
    return {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": f"not {what}"}


def some(problem: str, remedy: str = "") -> Checked:
    """Refuse an empty list with an error text of its own."""

    def check(value: object) -> object:
        if value == []:
            raise wrong(problem, remedy)
        return value

    return Checked(BeforeValidator(check), lambda inner: inner | {"minItems": 1})


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


# a single text stands for a list with that text; in an annotation it comes after the checks of the list
one_or_more = Checked(BeforeValidator(_listed), lambda inner: {"anyOf": [inner["items"], inner]})
