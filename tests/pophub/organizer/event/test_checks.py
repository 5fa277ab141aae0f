"""A check and its JSON Schema agree; one text stands for a list of it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from pophub.organizer.event.checks import formed, one_or_more, some

Word = Annotated[str, Field(strict=True), formed("[a-z]+", "a word")]
Words = Annotated[tuple[Word, ...], some("no word is given"), one_or_more]


def test_a_form_is_in_the_schema_with_the_words_that_refuse_another() -> None:
    adapter = TypeAdapter(Word)

    assert adapter.json_schema() == {"type": "string", "pattern": "^(?:[a-z]+)$", "patternErrorMessage": "not a word"}
    with pytest.raises(ValidationError, match="not a word"):
        adapter.validate_python("two words")


@pytest.mark.parametrize(
    ("written", "words"), [("sea", ("sea",)), (["sea"], ("sea",)), (["sea", "soil"], ("sea", "soil"))]
)
def test_one_text_is_a_list_of_one(written: Any, words: tuple[str, ...]) -> None:
    assert TypeAdapter(Words).validate_python(written) == words


@pytest.mark.parametrize(("written", "problem"), [([], "no word is given"), ("", "not a word"), (5, "valid tuple")])
def test_nothing_and_other_things_are_no_list(written: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        TypeAdapter(Words).validate_python(written)


def test_the_schema_of_a_list_takes_one_text_too() -> None:
    one, several = TypeAdapter(Words).json_schema()["anyOf"]

    assert one["type"] == "string"
    assert several == {"type": "array", "items": one, "minItems": 1}
