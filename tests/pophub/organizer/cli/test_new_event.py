"""Answers become an event file: each is checked by the model and the sizing, and the question is asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from pophub.core.errors import PophubError
from pophub.organizer.cli.new_draft import Draft, unanswered
from pophub.organizer.cli.new_event import answers_in, as_file, fill, free_file, from_answers, write
from pophub.organizer.cli.new_questions import Question
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.json_schema import event_schema

NOW = datetime(2026, 11, 29, 20, tzinfo=UTC)
NEEDED = {"organizations": "soil-school", "address": "hub.soil.example.edu"}


@pytest.fixture(autouse=True)
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return tmp_path


@pytest.fixture
def draft() -> Draft:
    return unanswered("soil-school", NOW)


def _written(draft: Draft) -> Event:
    path = free_file(draft.name)
    write(draft, path)
    assert not [*Draft7Validator(event_schema()).iter_errors(lined_yaml.read(path.read_bytes()).data)]
    return load_event(path, now=NOW)


def test_who_and_where_are_enough(draft: Draft) -> None:
    from_answers(draft, NEEDED)
    event = _written(draft)

    assert event.login.github is not None
    assert (event.login.github.allow, event.login.admins) == (("soil-school",), ())
    assert (event.title, event.domain, event.zone) == ("Soil School", "hub.soil.example.edu", "soil.example.edu")
    assert (event.timezone, event.region, event.participants) == ("Europe/Berlin", "eu-central-1", 30)
    assert draft.plan is not None
    assert draft.plan.cost is not None
    assert draft.plan.cost.high.usd <= event.budget_usd < draft.plan.cost.high.usd + 10


def test_every_answer_is_in_the_file(draft: Draft) -> None:
    from_answers(
        draft,
        {
            "title": 'Soil: "roots" # and all',
            "timezone": "America/Chicago",
            "days": "2027-03-01 to 2027-03-02",
            "hours": "08:30 to 12:00",
            "region": "us-west-2",
            "participants": 12,
            "sign_in": "google",
            "domains": ["uni.example", "lab.uni.example"],
            "admins": "ada, bob",
            "address": "hub.soil.uni.example",
            "zone": "uni.example",
            "image": "quay.io/jupyter/r-notebook:2026-10-06",
            "content": "https://github.com/soil-school/notebooks",
            "contact": "ada@uni.example",
            "budget": "99.50",
        },
    )
    event = _written(draft)

    assert event.login.google is not None
    assert (event.login.google.hosted_domain, event.login.admins) == (
        ("uni.example", "lab.uni.example"),
        ("ada", "bob"),
    )
    assert (event.title, event.zone, str(event.budget_usd)) == ('Soil: "roots" # and all', "uni.example", "99.50")
    assert (str(event.ends), f"{event.sessions[0].start:%H:%M}") == ("2027-03-09", "08:30")
    assert (event.server.content, event.contact) == ("https://github.com/soil-school/notebooks", ("ada@uni.example",))


# a question → an answer that is refused, and the beginning of the reason
WRONG = {
    "title": ("x" * 201, "must have at most 200 characters"),
    "timezone": ("Europe/Berlni", "not a time zone of the IANA list, Area/City (got 'Europe/Berlni'); did you mean"),
    "days": ("2027-02-30 to 2027-03-01", "not a date of the calendar, YYYY-MM-DD (got '2027-02-30')"),
    "hours": ("17:00 to 09:00", "the session does not end after its start, 17:00"),
    "region": ("eu-nowhere-1", "the price table of "),
    "participants": ("many", "must be a whole number (got 'many')"),
    "sign_in": ("githup", "not a key that is known here; did you mean `github`?"),
    "organizations": ("our group", "not an organization or organization:team (got 'our group')"),
    "admins": ("ada lovelace", "not a user name (got 'ada lovelace')"),
    "address": ("Hub of soil", "not a host name in small letters"),
    "zone": ("example.edu.au", "the domain lies outside its zone"),
    "image": ("jupyter", "the image is not pinned"),
    "content": ("git@github.com:soil/x", "not the https:// address of a git repository"),
    "contact": ("ada at uni", "not a mail address (got 'ada at uni')"),
    "budget": ("0", "must be more than 0 (got 0)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_refused_at_once_and_asked_again(draft: Draft, name: str) -> None:
    wrong, reason = WRONG[name]
    asked, refused = [], []

    def ask(question: Question, default: str | None) -> str:
        asked.append(question.name)
        return wrong if question.name == name and asked.count(name) == 1 else NEEDED.get(question.name, "")

    fill(draft, ask, lambda question, problem: refused.append((question.name, problem)))

    [(where, problem)] = refused
    assert (where, asked.count(name)) == (name, 2)
    assert problem.startswith(reason)
    assert _written(draft)


def test_more_people_than_any_machine_holds_get_workers(draft: Draft) -> None:
    from_answers(draft, NEEDED | {"participants": 900})

    assert draft.plan is not None
    assert draft.plan.workers is not None


def test_more_people_than_can_work_at_once_are_refused_at_once(draft: Draft) -> None:
    with pytest.raises(PophubError, match="participants: ") as refused:
        from_answers(draft, NEEDED | {"participants": 1001})

    assert "address" not in refused.value.problem


def test_an_event_that_is_past_is_refused(draft: Draft) -> None:
    with pytest.raises(PophubError, match="days: the event is past"):
        from_answers(draft, NEEDED | {"days": "2021-03-01 to 2021-03-05"})


@pytest.mark.parametrize(
    ("answers", "problem", "hint"),
    [
        (
            {"address": "hub.example.edu"},
            "organizations: nobody is named, and an open hub is refused",
            "the question is",
        ),
        ({"organizations": "soil"}, "address: not a host name in small letters", "the question is"),
        ({**NEEDED, "adress": "x"}, "'adress' is not a question", "did you mean address?"),
    ],
)
def test_answers_that_are_missing_or_answer_nothing_are_named(
    draft: Draft, answers: dict[str, str], problem: str, hint: str
) -> None:
    with pytest.raises(PophubError) as refused:
        from_answers(draft, answers)

    assert refused.value.problem.startswith(problem)
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_a_file_that_exists_is_never_overwritten(events: Path, draft: Draft, suffix: str) -> None:
    path = events / f"soil-school{suffix}"
    from_answers(draft, NEEDED)
    path.write_text("mine")

    with pytest.raises(PophubError, match="exists already"):
        free_file("soil-school")
    with pytest.raises(PophubError, match="cannot be written: File exists"):
        write(draft, path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["Soil", "soil school", "../soil", "s", "account", "soil.yaml"])
def test_a_name_that_no_event_can_have_is_refused(name: str) -> None:
    with pytest.raises(PophubError, match="cannot be the name of an event"):
        free_file(name)


def test_the_file_names_its_schema_and_the_next_command(events: Path, draft: Draft) -> None:
    from_answers(draft, NEEDED)
    schema, following, *_ = as_file(draft, events / "soil-school.yaml").splitlines()

    assert (events / schema.removeprefix("# yaml-language-server: $schema=")).is_file()
    assert "`pophub check soil-school`" in following


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read: No such file"), (b"a: [", "while parsing"), (b"- 60\n", "has no answers")],
)
def test_answers_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "answers"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(PophubError, match=problem):
        answers_in(path)
