"""A file becomes an event or all its problems. event_cases/ holds a file and its problems for each thing that can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from pophub.core.errors import PophubError
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.event.json_schema import event_schema
from pophub.organizer.paths import EXAMPLE_EVENT

CASES = sorted(Path(__file__).with_name("event_cases").glob("*.yaml"))
EXAMPLE = EXAMPLE_EVENT.read_bytes()
WritePath = Callable[[bytes], Path]


@cache
def validator() -> Draft7Validator:
    """Each process of the tests imports this file, and one of them needs it."""
    return Draft7Validator(event_schema())


def _problems(path: Path) -> list[str]:
    with pytest.raises(PophubError) as refused:
        load_event(path)
    return [str(problem).removeprefix(f"{path}:") for problem in refused.value.problems]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_problem_of_a_file_is_told_with_line_value_and_remedy(case: Path, event_path: WritePath) -> None:
    expected = case.with_suffix(".txt").read_text().splitlines()

    assert _problems(event_path(case.read_bytes())) == expected


def test_each_case_has_its_text_and_each_text_its_case() -> None:
    texts = {path.stem for path in CASES[0].parent.glob("*.txt")}

    assert texts == {case.stem for case in CASES}


@pytest.mark.parametrize(
    ("events", "remedy"),
    [
        (["geo-hackweek", "soil"], "did you mean `geo-hackweek`?"),
        (["sea", "soil"], "events here are sea, soil"),
        ([], "there is no event yet: `pophub new geo-hackwek` makes one"),
    ],
)
def test_a_mistyped_event_names_those_that_exist(
    events: list[str], remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    for name in events:
        (tmp_path / f"{name}.yaml").touch()
    with pytest.raises(PophubError) as refused:
        load_event(tmp_path / "geo-hackwek.yaml")

    said = remedy.format(folder=tmp_path)
    assert str(refused.value).endswith(f"file: cannot be read: No such file or directory; {said}")


def test_a_folder_is_no_event_file(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="cannot be read: Is a directory"):
        load_event(tmp_path)


def test_the_end_of_an_endless_file_is_not_waited_for() -> None:
    with pytest.raises(PophubError, match="larger than 64 KiB"):
        load_event(Path("/dev/zero"))


@pytest.mark.parametrize("name", ["Geo", "2027-geo", "g", "geo_hackweek", "g" * 32, "geo hack"])
def test_a_file_name_that_is_no_event_name_is_a_problem(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(EXAMPLE)

    [problem] = _problems(path)

    assert problem.startswith(f"1: name: the file's name is the event's name (got {name!r}); rename the file: ")


def test_a_wrong_file_name_hides_no_other_problem(tmp_path: Path) -> None:
    path = tmp_path / "Geo.yaml"
    path.write_bytes(EXAMPLE + b"zzz: 1\n")

    assert [problem.split(":")[1] for problem in _problems(path)] == [" name", " zzz"]


def test_a_past_event_is_a_problem_only_for_who_asks_with_a_clock(event_path: WritePath) -> None:
    path = event_path(EXAMPLE)
    with pytest.raises(PophubError, match="ends: the event is past"):
        load_event(path, now=datetime(2028, 1, 1, tzinfo=UTC))

    assert load_event(path).name == "geo-hackweek"


def test_an_error_that_names_a_field_is_shown_on_its_line(event_path: WritePath) -> None:
    path = event_path(b"title: x\nserver:\n  home_gib: 5\n")
    with pytest.raises(PophubError) as refused, blamed_on(path):
        raise PophubError("too much", hint="take less", field="server.home_gib")

    assert str(refused.value) == f"{path}:3: server.home_gib: too much (got 5); take less"


def test_an_error_that_names_no_field_is_left_alone(event_path: WritePath) -> None:
    error = PophubError("asleep")
    with pytest.raises(PophubError) as refused, blamed_on(event_path(EXAMPLE)):
        raise error

    assert refused.value is error


def _event_or_problems(path: Path) -> None:
    try:
        event = load_event(path)
    except PophubError as refused:
        lines = [str(problem) for problem in refused.problems]

        assert lines
        assert all(line.isprintable() for line in lines)
    else:
        assert isinstance(event, Event)
        # what the model takes, an editor takes
        assert not [*validator().iter_errors(lined_yaml.read(path.read_bytes()).data)]


TOKENS = (
    b"[ ] { } : - & * ! | > ' \" # % @ ` ? , ~ \n \t \0 \r \xff \x85 -1 0 1e9 .inf .nan null true no 0x1f 1_0 "
    b"99999999999999999999999 9999-12-31 0001-01-01 24:00 [key] <<: !!int !!map !!binary"
).split(b" ")
TOKENS += [
    b": ",
    b"- ",
    b"&a ",
    b"*a ",
    b"\n  ",
    b"---\n",
    b"%YAML 1.1\n---\n",
    b'"\\ud800"',
    b'"\\0"',
    b'"\\u202e"',
    b"{" * 40,
]
_places = st.integers(0, len(EXAMPLE))
_edits = st.tuples(_places, st.sampled_from([0, 0, 1, 5, 40]), st.sampled_from(TOKENS) | st.binary(max_size=3))


@settings(max_examples=700, deadline=None)
@given(edits=st.lists(_edits, min_size=1, max_size=6))
def test_no_edit_of_the_example_gives_anything_but_an_event_or_problems(
    event_path: WritePath, edits: list[tuple[int, int, bytes]]
) -> None:
    content = bytearray(EXAMPLE)
    for place, length, token in edits:
        content[place : place + length] = token

    _event_or_problems(event_path(bytes(content)))


_scalars = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["2027-03-01", "09:00", "a.b"])
)
_garbage = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_keys = st.sampled_from([*Event.model_fields, "from", "zzz"])


@settings(max_examples=300, deadline=None)
@given(
    data=st.dictionaries(
        _keys, _garbage | st.dictionaries(st.sampled_from(["github", "allow", "image", "mode"]), _garbage)
    )
)
def test_no_structure_gives_anything_but_an_event_or_problems(event_path: WritePath, data: dict[str, object]) -> None:
    _event_or_problems(event_path(json.dumps(data).encode()))


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300))
def test_no_bytes_give_anything_but_an_event_or_problems(event_path: WritePath, raw: bytes) -> None:
    _event_or_problems(event_path(raw))


def test_the_roster_is_read_for_a_deploy_alone(event_path: Callable[[bytes], Path]) -> None:
    path = event_path(EXAMPLE_EVENT.read_bytes().replace(b"roster: null", b"roster: people.csv"))
    roster = path.parent / "people.csv"
    now = datetime(2027, 2, 1, tzinfo=UTC)
    # an event whose roster is lost can still be destroyed
    assert load_event(path).people == ()
    with pytest.raises(PophubError, match=r"people\.csv: file: cannot be read"):
        load_event(path, now=now)

    roster.write_text("account\noctocat\n")
    assert [person.account for person in load_event(path, now=now).people] == ["octocat"]
    roster.unlink()


def test_a_roster_is_a_csv_file(event_path: Callable[[bytes], Path]) -> None:
    path = event_path(EXAMPLE_EVENT.read_bytes().replace(b"roster: null", b"roster: people.xlsx"))
    with pytest.raises(PophubError, match=r"roster: not the name of a CSV file, as people\.csv"):
        load_event(path)
