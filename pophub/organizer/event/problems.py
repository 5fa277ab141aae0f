"""Convert pydantic's validation errors into problems with line numbers and plain words. It works for any model."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pophub.core.problem import Problem
from pophub.organizer.event.lined_yaml import Lined, Place

# the types of pydantic's errors: https://docs.pydantic.dev/latest/errors/validation_errors/
WORDING = {
    "missing": "missing",
    "extra_forbidden": "not a key that is known here",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "decimal_max_digits": "must have at most {max_digits} digits",
    "tuple_type": "must be a list",
    "too_long": "must have at most {max_length} items",
    "literal_error": "must be {expected}",
    "dict_type": "must be a map of keys and values",
    "model_type": "must be a map of keys and values",
}
LONGEST_VALUE_SHOWN = 60
# the last part of pydantic's location if the error is about a key of a map, not about its value
KEY = "[key]"


def problems_of(path: str, lined: Lined, error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Convert a pydantic ValidationError into Problems, each with its line."""
    return [_problem(path, lined, detail, model) for detail in error.errors(include_url=False)]


def at_place(path: str, lined: Lined, place: Place, problem: str, remedy: str) -> Problem:
    """A problem with the value at a place of a file."""
    got, given = _at(lined.data, place)
    return Problem(path, lined.line_of(place), dotted(place), problem, remedy, shown(got) if given else None)


def _problem(path: str, lined: Lined, detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    context: dict[str, Any] = detail.get("ctx", {})
    is_key = detail["loc"][-1:] == (KEY,)
    loc = detail["loc"][:-1] if is_key else detail["loc"]
    place = _written((*loc, *context.get("at", ())), lined.data)
    wording = context.get("problem") or _wording(detail, context)
    if detail["type"] == "missing":
        wording += _meaning(place, model)
    remedy = context.get("remedy") or _remedy(detail, place, model, is_key=is_key)
    if is_key or detail["type"] == "extra_forbidden":
        return Problem(path, lined.line_of(place), dotted(place), wording, remedy)
    return at_place(path, lined, place, wording, remedy)


def _written(place: Place, data: Any) -> Place:
    """The place as it is in the file: a single text may stand for a list, and then it has no index."""
    around, given = _at(data, place[:-1])
    return place[:-1] if given and isinstance(around, str) else place


def _meaning(place: Place, model: type[BaseModel]) -> str:
    """The purpose of a key: the first sentence of its description."""
    field, _, _ = _field_at(place, model)
    sentence = re.split(r"[.;:](?: |$)", (field and field.description) or "")[0]
    return f": {sentence}" if sentence else ""


def _wording(detail: ErrorDetails, context: dict[str, Any]) -> str:
    known = WORDING.get(detail["type"])
    return known.format_map(context) if known else detail["msg"]


def _remedy(detail: ErrorDetails, place: Place, model: type[BaseModel], *, is_key: bool) -> str:
    field, owner, names = _field_at(place, model)
    if detail["type"] == "extra_forbidden":
        return _known_keys(place, owner)
    got = detail["input"]
    if detail["type"] == "string_type" and isinstance(got, (int, Decimal)) and not is_key:
        return f'put it in quotes: `{_key(place)}"{shown(got)}"`'
    if field is None or not field.examples:
        return "see hub-config/example-event.yaml"
    if len(names) < len([part for part in place if isinstance(part, str)]):
        return f"for example `{str(field.examples[0]).strip('{}')}`"
    default = "" if field.is_required() or got is not None else ", or leave the key out"
    return f"for example `{names[-1]}: {field.examples[0]}`{default}"


def _known_keys(place: Place, owner: type[BaseModel]) -> str:
    """The keys that are allowed here. A field without an example is not a key of the file."""
    keys = [info.alias or name for name, info in owner.model_fields.items() if info.examples]
    near = difflib.get_close_matches(str(place[-1])[:LONGEST_VALUE_SHOWN], keys, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known are {', '.join(keys)}"


def _field_at(place: Place, model: type[BaseModel]) -> tuple[FieldInfo | None, type[BaseModel], list[str]]:
    """The deepest field on the way to a place, the model that has or lacks the last key, and the keys so far."""
    owner, field, names = model, None, []
    inner: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, str) and inner is not None:
            owner = inner
            field = next((info for name, info in inner.model_fields.items() if part in (name, info.alias)), None)
            inner = _model_in(field.annotation) if field else None
            names.append(part)
    return field, owner, names


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _at(data: Any, place: Place) -> tuple[Any, bool]:
    for part in place:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None, False
    return data, True


def shown(value: object) -> str:
    """A value as YAML would show it, short and on one line."""
    if isinstance(value, (list, dict)):
        kind = "list" if isinstance(value, list) else "map"
        return f"a {kind} of {len(value)}" if value else f"an empty {kind}"
    if isinstance(value, (bool, NoneType)):
        return {True: "true", False: "false", None: "null"}[value]
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_VALUE_SHOWN else f"{text[: LONGEST_VALUE_SHOWN - 1]}…"


def _key(place: Place) -> str:
    return f"{place[-1]}: " if isinstance(place[-1], str) else ""


def dotted(place: Place) -> str:
    """A place as a person would write it: `login.github.allow[1]`."""
    text = "".join(f".{part}" if _is_plain(part) else f"[{shown(part)}]" for part in place)
    return text.lstrip(".") or "file"


def _is_plain(part: str | int) -> bool:
    return isinstance(part, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) is not None
