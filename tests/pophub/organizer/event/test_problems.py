"""What is wrong is said in an organizer's words, short and on one line."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from pophub.organizer.event import lined_yaml, problems
from pophub.organizer.event.checks import Strict
from pophub.organizer.event.event import Event
from pophub.organizer.event.problems import WORDING, dotted, shown

SHOWN: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true"),
    (0, "0"),
    (Decimal("0.50"), "0.50"),
    ("a\nb", r"'a\nb'"),
    ("x" * 100, f"'{'x' * 58}…"),
    ([], "an empty list"),
    ({"a": 1, "b": 2}, "a map of 2"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN)
def test_a_value_is_shown_short_and_as_yaml_has_it(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_place_reads_like_a_path_and_hides_nothing_strange() -> None:
    assert dotted(("login", "github", "allow", 1)) == "login.github.allow[1]"
    assert dotted(("server", "environment", "a b\n")) == r"server.environment['a b\n']"
    assert dotted(()) == "file"


def test_every_wording_is_of_an_error_that_pydantic_has() -> None:
    known = set(get_args(ErrorType))

    assert set(WORDING) <= known


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    inner = [
        found
        for info in model.model_fields.values()
        for part in (info.annotation, *get_args(info.annotation))
        for found in (part, *get_args(part))
        if isinstance(found, type) and issubclass(found, Strict)
    ]
    return [model, *(each for found in inner for each in _models(found))]


FIELDS = [(model, name, info) for model in _models(Event) for name, info in model.model_fields.items()]


# what a key makes no sense without
BESIDE = {"content_branch": "content: https://github.com/geohackweek/tutorials\n"}


def test_every_key_has_an_example_to_offer() -> None:
    without = [(model.__name__, name) for model, name, info in FIELDS if not info.examples]

    assert without == [("Event", "name")]


@pytest.mark.parametrize(
    ("model", "key", "example"),
    [
        pytest.param(model, info.alias or name, info.examples[0], id=f"{model.__name__}.{name}")
        for model, name, info in FIELDS
        if info.examples
    ],
)
def test_every_example_is_taken_by_its_key(model: type[BaseModel], key: str, example: str) -> None:
    written = lined_yaml.read(f"{BESIDE.get(key, '')}{key}: {example}".encode()).data
    try:
        model.model_validate(written)
        blamed = set()
    except ValidationError as error:
        blamed = {detail["loc"][0] for detail in error.errors() if detail["loc"] and detail["type"] != "missing"}

    assert key not in blamed


def test_problems_know_no_event() -> None:
    source = Path(str(problems.__file__))
    imported = {node.module for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.ImportFrom)}

    assert not imported & {
        "pophub.organizer.event.event",
        "pophub.organizer.event.sections",
        "pophub.organizer.event.event_file",
    }
