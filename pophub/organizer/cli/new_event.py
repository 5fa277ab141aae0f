"""Make an event file from answers; each answer is checked like the file by `pophub check`."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pophub.core.errors import PophubError
from pophub.organizer.cli.new_draft import Draft
from pophub.organizer.cli.new_questions import QUESTIONS, Question
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.commented import commented
from pophub.organizer.event.event import Event
from pophub.organizer.event.fields import NAME
from pophub.organizer.event.json_schema import event_schema
from pophub.organizer.event.lined_yaml import Lined, in_yaml
from pophub.organizer.event.problems import problems_of
from pophub.organizer.paths import EVENT_SCHEMA, SUFFIXES, event_file
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices


def free_file(name: str) -> Path:
    """The path of a new event's file.

    Raises:
        PophubError: the name is not valid for an event, or an event already has it.
    """
    if not re.fullmatch(NAME, name) or name == "account":
        remedy = "use small letters, digits and hyphens, 2 to 31 characters, a letter first, as in geo-hackweek"
        raise PophubError(f"{name!r} cannot be the name of an event", hint=remedy)
    path = event_file(name)
    for there in (path.with_suffix(suffix) for suffix in SUFFIXES):
        if there.exists() or there.is_symlink():
            raise PophubError(f"{there} exists already", hint=f"choose another name, or edit it; `pophub check {name}`")
    return path


def fill(draft: Draft, ask: Callable[[Question, str | None], str], refuse: Callable[[Question, str], None]) -> None:
    """Ask every question that applies; a wrong answer is reported, and the question is asked again."""
    examine(draft)
    for question in QUESTIONS:
        if not question.asked(draft):
            continue
        default = question.default and question.default(draft)
        while problem := answer(draft, question, ask(question, default).strip() or default or ""):
            refuse(question, problem)


def from_answers(draft: Draft, answers: Mapping[str, Any]) -> None:
    """Fill the draft from a map of answers; missing answers have their defaults.

    Raises:
        PophubError: an answer is wrong or missing, or answers no question.
    """
    names = [question.name for question in QUESTIONS]
    for name in answers:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
            raise PophubError(f"{name!r} is not a question", hint=hint)

    def refuse(question: Question, problem: str) -> None:
        raise PophubError(f"{question.name}: {problem}", hint=f"the question is: {question.text}")

    fill(draft, lambda question, default: _text(answers.get(question.name)), refuse)


def answers_in(path: Path) -> dict[str, Any]:
    """The answers in a YAML file.

    Raises:
        PophubError: it cannot be read, or is no map.
    """
    try:
        data = lined_yaml.read(path.read_bytes()).data
    except OSError as error:
        raise PophubError(f"{path} cannot be read: {error.strerror}", hint="name another file") from error
    except lined_yaml.UnreadableYaml as error:
        raise PophubError(f"{path}:{error.line}: {error.problem}", hint=error.remedy) from error
    if not isinstance(data, dict):
        raise PophubError(f"{path} has no answers", hint="write one a line, as in `participants: 60`")
    return data


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def answer(draft: Draft, question: Question, text: str) -> str:
    """Write an answer into the draft, and return what is wrong with it, or an empty text."""
    question.write(draft, text)
    return examine(draft)


def examine(draft: Draft) -> str:
    """Calculate the draft's plan again, and return what is wrong with the draft, or an empty text."""
    try:
        event = Event.model_validate(draft.data | {"name": draft.name}, context={"now": draft.now})
        draft.plan = make_plan(event, region_prices(event.region), now=draft.now)
    except ValidationError as error:
        first = problems_of("", Lined(draft.data), error, Event)[0]
        return f"{first.problem}{f' (got {first.got})' if first.got else ''}; {first.remedy}"
    except PophubError as error:
        return error.sentence
    return ""


def as_file(draft: Draft, path: Path) -> str:
    """The text of the event file: the answers, each with the comment of its key."""
    schema = os.path.relpath(EVENT_SCHEMA, path.resolve().parent)
    head = f"""\
# yaml-language-server: $schema={schema}
# `pophub check {draft.name}` shows the machine, the schedule and the cost that follow. docs/event-file.md has all keys.
"""
    order = ("title", "contact", "region", "timezone", "domain", "zone", "participants", "sessions", "ends")
    rest = ("budget_usd", "login", "server")
    data = {key: draft.data[key] for key in (*order, *rest) if key in draft.data}
    return commented("\n".join(_lines(data)), event_schema(), head)


def _lines(data: Mapping[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{key}:", *_lines(value, f"{indent}  ")]
        elif key == "sessions":
            lines += [f"{key}:", *(f"  - {in_yaml(session)}" for session in value)]
        else:
            lines.append(f"{indent}{key}: {in_yaml(value)}")
    return lines


def write(draft: Draft, path: Path) -> None:
    """Write the event file, which must not exist.

    Raises:
        PophubError: it exists, or cannot be written.
    """
    text = as_file(draft, path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise PophubError(
            f"{path} cannot be written: {error.strerror}", hint="correct that, and start again"
        ) from error
