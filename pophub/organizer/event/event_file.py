"""Read an event file as an Event, or report all of its problems at once, each with line, value and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from pophub.core.errors import PophubError
from pophub.core.problem import Problem
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.event.fields import NAME
from pophub.organizer.event.lined_yaml import Lined, UnreadableYaml
from pophub.organizer.event.logo import read_logo
from pophub.organizer.event.problems import WORDING, at_place, problems_of, shown
from pophub.organizer.paths import event_file, event_names, events_dir
from pophub.organizer.people.roster import read_roster


def load_event(path: Path, *, now: datetime | None = None) -> Event:
    """Read and check an event file; the file's stem is the event's name.

    With `now`, an event that has ended is a problem, and its roster and logo are read. Without `now` it is valid, so that it
    can be destroyed, and has no people.

    Raises:
        PophubError: the file is not valid; `problems` holds every problem.
    """
    lined = _read(path)
    problems = [*_name_problems(path, lined)]
    if not isinstance(lined.data, dict):
        missing = Problem(str(path), 1, "file", "this file is empty", "start from hub-config/example-event.yaml")
        raise _refused([*problems, missing])
    name = path.stem if not problems else "reported-above"
    try:
        event = Event.model_validate(lined.data | {"name": name}, context={"now": now})
    except ValidationError as error:
        raise _refused([*problems, *problems_of(str(path), lined, error, Event)]) from error
    if problems:
        raise _refused(problems)
    return with_files(path, event) if now else event


def with_files(path: Path, event: Event) -> Event:
    """The event of this file, with the people of its roster and its logo; the same event if it has neither.

    Raises:
        PophubError: one of the two files cannot be read or has mistakes; `problems` holds every one of the roster.
    """
    if event.roster:
        event = event.with_people(read_roster(path.parent / event.roster))
    return event.with_logo(read_logo(path.parent / event.branding.logo)) if event.branding.logo else event


def stack_file(name: str) -> Path:
    """The event file that becomes a stack, found by the event's name or the file's path.

    Raises:
        PophubError: the file is not a valid event file, or lies in another folder.
    """
    path = event_file(name)
    if path.resolve().parent == events_dir().resolve():
        return path
    load_event(path)
    folder = event_file("any").parent
    hint = f"cp {path} {folder}/{path.stem}.yaml"
    raise PophubError(f"{path} is not in {folder}; only files there are deployed", hint=hint)


@contextmanager
def blamed_on(path: Path) -> Iterator[None]:
    """Turn an error that has a `field` into a problem at that field's line, like the problems of `load_event`."""
    try:
        yield
    except PophubError as error:
        if not error.field:
            raise
        place = tuple(error.field.split("."))
        raise _refused([at_place(str(path), _read(path), place, error.problem, error.hint)]) from error


def _read(path: Path) -> Lined:
    try:
        with path.open("rb") as file:
            return lined_yaml.read(file.read(lined_yaml.MAX_BYTES + 1))
    except OSError as error:
        remedy = _existing(path) if isinstance(error, FileNotFoundError) else "name an event, or the path of its file"
        raise _refused([Problem(str(path), 0, "file", f"cannot be read: {error.strerror}", remedy)]) from error
    except UnreadableYaml as error:
        raise _refused([Problem(str(path), error.line, "file", error.problem, error.remedy)]) from error


def _existing(path: Path) -> str:
    names = event_names()
    if not names:
        return f"there is no event yet: `pophub new {path.stem}` makes one"
    near = difflib.get_close_matches(path.stem, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"events here are {', '.join(names)}"


def _name_problems(path: Path, lined: Lined) -> Iterator[Problem]:
    if not re.fullmatch(NAME, path.stem):
        remedy = "rename the file: small letters, digits and hyphens, 2 to 31 characters, a letter first"
        yield Problem(str(path), 1, "name", "the file's name is the event's name", remedy, shown(path.stem))
    if isinstance(lined.data, dict) and "name" in lined.data:
        remedy = "leave it out: the file's name is the event's name"
        yield Problem(str(path), lined.line_of(("name",)), "name", WORDING["extra_forbidden"], remedy)


def _refused(problems: list[Problem]) -> PophubError:
    ordered = sorted(set(problems), key=lambda problem: (problem.line, problem.field))
    count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    return PophubError(
        "\n".join(map(str, ordered)), hint=f"{count}; hub-config/example-event.yaml shows every key", problems=ordered
    )
