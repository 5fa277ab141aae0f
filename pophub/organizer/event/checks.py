"""What the fields of our YAML files are made of: a check with its own words, and the same check in a JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

JsonSchema = dict[str, Any]


class Strict(BaseModel):
    """Unknown keys are typos, and what is loaded never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong(problem: str, remedy: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """A refusal with its remedy; `at` points below the field that is being checked."""
    return PydanticCustomError("event", "{problem}", {"problem": problem, "remedy": remedy, "at": list(at)})


@dataclass(frozen=True, slots=True)
class Checked:
    """A validator, and what it makes of the JSON Schema of the value that it checks."""

    validator: AfterValidator | BeforeValidator
    in_schema: Callable[[JsonSchema], JsonSchema]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.validator.__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return self.in_schema(handler(core))


def formed(pattern: str, what: str) -> Checked:
    """Accept only text of a form; `what` completes the sentence "this is not …".

    The pattern means the same in Python and in ECMAScript, which a JSON Schema is written in.
    """

    def check(value: str) -> str:
        if re.fullmatch(pattern, value):
            return value
        raise wrong(f"not {what}")

    return Checked(AfterValidator(check), lambda inner: inner | text_of(pattern, what))


def text_of(pattern: str, what: str) -> JsonSchema:
    """The JSON Schema of text of a form, with the words that an editor shows instead of the pattern.

    https://code.visualstudio.com/docs/languages/json (patternErrorMessage)
    """
    return {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": f"not {what}"}


def some(problem: str, remedy: str = "") -> Checked:
    """Refuse an empty list with words of its own."""

    def check(value: object) -> object:
        if value == []:
            raise wrong(problem, remedy)
        return value

    return Checked(BeforeValidator(check), lambda inner: inner | {"minItems": 1})


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


# a text stands for a list of that one text; it is written after what checks the list
one_or_more = Checked(BeforeValidator(_listed), lambda inner: {"anyOf": [inner["items"], inner]})
