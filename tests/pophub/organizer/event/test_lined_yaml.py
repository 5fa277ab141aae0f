"""The reader: plain values, their lines, and one kind of refusal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.organizer.event.lined_yaml import MAX_BYTES, Lined, UnreadableYaml, in_yaml, read

VALUES = {
    "09:00": "09:00",
    "2027-03-01": "2027-03-01",
    "no": "no",
    "on": "on",
    "true": True,
    "FALSE": False,
    "~": None,
    "": None,
    "12": 12,
    "-5": -5,
    "0.5": Decimal("0.5"),
    ".5": Decimal("0.5"),
    "1e3": "1e3",
    "0x10": "0x10",
    ".inf": ".inf",
    ".nan": ".nan",
    "9" * 30: "9" * 30,
    '"12"': "12",
    "!!str 12": "12",
    "!!int twelve": "twelve",
    "!!bool perhaps": "perhaps",
    "[a, 1]": ["a", 1],
    "{b: {c: 1}}": {"b": {"c": 1}},
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_a_value_is_what_it_looks_like(text: str, value: Any) -> None:
    assert read(f"a: {text}".encode()).data == {"a": value}


def test_a_yaml_1_1_directive_makes_no_word_a_truth() -> None:
    assert read(b"%YAML 1.1\n---\na: yes\nb: 09:00\n").data == {"a": "yes", "b": "09:00"}


def test_a_decimal_keeps_its_digits() -> None:
    assert str(read(b"a: 0.10").data["a"]) == "0.10"


def test_every_place_knows_its_line() -> None:
    lined = read(b"# a comment\na: 1\nb:\n  - x\n  - c: 2\n    d: 3\n")

    assert {place: line for place, line in lined.lines.items() if place} == {
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 1): 5,
        ("b", 1, "c"): 5,
        ("b", 1, "d"): 6,
    }


def test_what_is_not_written_has_the_line_of_what_is_around_it() -> None:
    lined = read(b"a: 1\nb:\n  c: 2\n")

    assert [lined.line_of(place) for place in [("b", "c", "d"), ("b", "x"), ("x", "y"), ()]] == [3, 2, 1, 1]


def test_nothing_at_all_stands_on_line_one() -> None:
    assert Lined().line_of(("a", 0)) == 1


def test_an_alias_is_the_value_again() -> None:
    assert read(b"a: &x [1]\nb: *x\n").data == {"a": [1], "b": [1]}


def test_a_byte_order_mark_is_no_content() -> None:
    assert read("\ufeffa: 1".encode()).data == {"a": 1}


NINES = b"\n".join(b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9) if n else b"x") for n in range(9))
REFUSED = {
    "not UTF-8": (b"a: 1\nb: \xff", 2, "not UTF-8 text"),
    "a tab before a key": (b"a:\n\tb: 1\n", 2, "a tab stands here, where YAML allows only spaces"),
    "a tab before an entry": (b"a:\n  - x\n\t- y\n", 3, "a tab stands here, where YAML allows only spaces"),
    "a tab before a value": (b"a: \tx\n", 1, "a tab stands here, where YAML allows only spaces"),
    "too long": (b"#" * (MAX_BYTES + 1), 1, "larger than 64 KiB"),
    "deeper than Python can go": (b"[" * 500, 1, "nested too deeply or too large"),
    "deeper than an event is": (b"a: " + b"[" * 20 + b"]" * 20, 1, "nested too deeply or too large"),
    "aliases that multiply": (NINES, 1, "nested too deeply or too large"),
    "a value in itself": (b"a: 1\nb: &b [*b]", 2, "nested too deeply or too large"),
    "a key twice": (b"a: 1\na: 2", 2, "the key 'a' stands here twice"),
    "a list as key": (b"[a]: 1", 1, "a key must be a word"),
    "an object": (b"a: !!python/none x", 1, "the tag 'tag:yaml.org,2002:python/none' has no place in an event file"),
    "an object that is a map": (b"!x {a: 1}", 1, "the tag '!x' has no place in an event file"),
    "an object that is a list": (
        b"a:\n  - !!set [a]",
        2,
        "the tag 'tag:yaml.org,2002:set' has no place in an event file",
    ),
    "a control character": (b"a: 1\nb: \x00", 2, "a control character stands here, which YAML does not allow"),
    "half a character": (b'a: "\\ud800"', 1, "half a character stands here (a lone surrogate)"),
    "half a character in a key": (b'"\\ud800": 1', 1, "half a character stands here (a lone surrogate)"),
    "an unclosed list": (
        b"a: 1\nb: [1",
        2,
        "while parsing a flow sequence, expected ',' or ']', but got '<stream end>'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_event_file_can_be_is_refused_on_its_line(name: str) -> None:
    raw, line, problem = REFUSED[name]
    with pytest.raises(UnreadableYaml) as refused:
        read(raw)

    assert (refused.value.line, refused.value.problem) == (line, problem)


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=200) | st.text("ab:{}[]-&*!\"'\n \t|>%@,?#<", max_size=80).map(str.encode))
def test_no_bytes_give_anything_but_data_or_a_refusal(raw: bytes) -> None:
    try:
        data = read(raw).data
    except UnreadableYaml as error:
        refused = error
    else:
        refused = None

    if refused is not None:
        assert refused.line >= 1
        assert refused.problem
    else:
        assert data is None or isinstance(data, (str, int, Decimal, list, dict))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("soil:team", "soil:team"),
        ("09:00", '"09:00"'),
        ("12", '"12"'),
        ("a, b", '"a, b"'),
        ("a: b # c", '"a: b # c"'),
        (["--x", 1, None], '["--x", 1, null]'),
        ({"a": Decimal("0.50"), "b": True}, "{a: 0.50, b: true}"),
    ],
)
def test_a_value_is_written_on_one_line_with_quotes_where_they_are_needed(value: Any, text: str) -> None:
    assert in_yaml(value) == text


_texts = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "))
_written = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(value=_written)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert read(f"key: {in_yaml(value)}".encode()).data == {"key": value}
