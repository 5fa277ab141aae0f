"""From a file to an Event: all problems of the file at once, each with its line, what was found, and a remedy."""

from __future__ import annotations

import difflib
import re
import reprlib
import typing
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from pophub import lined_yaml
from pophub.errors import PophubError, Problem
from pophub.event import NAME, Event
from pophub.lined_yaml import Lined, Place, UnreadableYaml

WORDING = {
    "missing": "missing",
    "extra_forbidden": "not a key of the event file",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "string_pattern_mismatch": "has not the form it must have",
    "bool_type": "must be true or false",
    "decimal_parsing": "must be a number",
    "decimal_type": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be a map of keys and values",
    "model_type": "must be a map of keys and values",
    "model_attributes_type": "must be a map of keys and values",
    "recursion_loop": "refers to itself",
}


def load_event(path: Path, *, now: datetime | None = None) -> Event:
    """Read and check an event file; the file's stem is the event's name.

    With `now` a past event is a problem too; without it (to destroy one) it is not.

    Raises:
        PophubError: with every problem of the file in `problems`.
    """
    try:
        lined = lined_yaml.read(path.read_bytes())
    except OSError as error:
        raise PophubError(
            f"{path}: cannot be read: {error.strerror}",
            hint="name an event of hub-config/events, or give a path; hub-config/example-event.yaml is a start",
            problems=[Problem(str(path), 0, "file", f"cannot be read: {error.strerror}", "give the path of a file")],
        ) from error
    except UnreadableYaml as error:
        raise _refused([Problem(str(path), error.line, "file", error.problem, "correct the YAML")]) from error
    return _validated(path, lined, now)


def _validated(path: Path, lined: Lined, now: datetime | None) -> Event:
    problems = []
    if not re.fullmatch(NAME, path.stem):
        remedy = "rename the file: small letters, digits and hyphens, 2 to 31 characters, a letter first"
        problems.append(Problem(str(path), 1, "name", "the file's name is the event's name", remedy, repr(path.stem)))
    data = lined.data if isinstance(lined.data, dict) else {}
    if data is not lined.data:
        remedy = "start from hub-config/example-event.yaml"
        problems.append(Problem(str(path), 1, "file", "no event stands in this file", remedy))
    elif "name" in data:
        where = lined.line_of(("name",))
        problems.append(Problem(str(path), where, "name", WORDING["extra_forbidden"], "name the file instead"))
    name = path.stem if not problems else "checked-above"
    try:
        event = Event.model_validate(data | {"name": name}, context={"now": now})
    except ValidationError as error:
        found = [_problem(str(path), lined, detail) for detail in error.errors(include_url=False)]
        raise _refused([*problems, *found]) from error
    if problems:
        raise _refused(problems)
    return event


def _refused(problems: list[Problem]) -> PophubError:
    ordered = sorted(set(problems), key=lambda problem: (problem.line, problem.field))
    count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    return PophubError(
        "\n".join(map(str, ordered)), hint=f"{count}; hub-config/example-event.yaml shows every key", problems=ordered
    )


def _problem(path: str, lined: Lined, detail: ErrorDetails) -> Problem:
    context: dict[str, Any] = detail.get("ctx", {})
    place: Place = (*detail["loc"], *context.get("at", ()))
    place = tuple(part for part in place if part != "[key]")
    got, given = _at(lined.data, place)
    field, owner = _model_field(place)
    wording = context.get("problem") or WORDING.get(detail["type"]) or _lower(detail["msg"])
    return Problem(
        path=path,
        line=lined.line_of(place),
        field=_dotted(place),
        problem=wording,
        remedy=context.get("remedy") or _remedy(detail["type"], place, field, owner),
        got=reprlib.repr(_plain(got)) if given and detail["type"] != "extra_forbidden" else None,
    )


def _remedy(kind: str, place: Place, field: FieldInfo | None, owner: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        keys = [info.alias or name for name, info in owner.model_fields.items() if name != "name"]
        near = difflib.get_close_matches(str(place[-1]), keys, n=1)
        return f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(keys)}"
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "it")
    if field is not None and field.examples:
        return f"for example `{name}: {field.examples[0]}`"
    if field is not None and get_origin(field.annotation) is typing.Literal:
        return f"one of {', '.join(get_args(field.annotation))}"
    return "see hub-config/example-event.yaml"


def _model_field(place: Place) -> tuple[FieldInfo | None, type[BaseModel]]:
    """The deepest field of the model on the way to a place, and the model that has it or should."""
    owner: type[BaseModel] = Event
    field: FieldInfo | None = None
    model: type[BaseModel] | None = Event
    for part in place:
        if not isinstance(part, str) or model is None:
            continue
        owner = model
        field = next((info for name, info in model.model_fields.items() if part in (name, info.alias)), None)
        model = _model_in(field.annotation) if field else None
    return field, owner


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


def _plain(value: Any) -> Any:
    return str(value) if type(value).__name__ == "Decimal" else value


def _dotted(place: Place) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.lstrip(".") or "file"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
