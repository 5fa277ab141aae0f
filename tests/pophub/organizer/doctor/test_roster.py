"""The doctor names who cannot sign in yet, and says what to do about each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.directory import Directory
from lab.github import LabGitHub
from pophub.organizer.doctor import roster
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.people.roster import Person
from tests.pophub.organizer.doctor.conftest import MakeCase

PEOPLE = (
    Person("Ada", "a@x.example", "Ada", 2),
    Person("Heidi", "", "mallory", 3),
    Person("Typo", "", "adda", 4),
    Person("Zoë", "z@x.example", "", 5),
)


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LabGitHub]:
    with LabGitHub(Directory.for_event(load_event(EXAMPLE_EVENT)), tmp_path) as lab:
        yield lab


def case_with(case: Case, people: tuple[Person, ...], **environ: str) -> Case:
    event = case.event.model_copy(update={"roster": "people.csv"}).with_people(people)
    return replace(case, planned=replace(case.plan, event=event), environ=environ)


def found(case: Case) -> list[tuple[Any, str, str]]:
    return [(verdict.colour, verdict.answer, verdict.next_step) for _, verdict in roster.roster(case)]


def test_each_kind_of_person_is_one_finding(make_case: MakeCase, github: LabGitHub) -> None:
    case = case_with(make_case(), PEOPLE, **github.environment, GH_TOKEN=github.token_of("ada"))

    assert found(case) == [
        (Colour.GREEN, "1 of 4 can sign in", ""),
        (
            Colour.YELLOW,
            "not admitted yet: Heidi (mallory)",
            "invite them on GitHub (the organization → People → Invite member), or correct the roster",
        ),
        (Colour.YELLOW, "no such account: Typo (adda)", "ask them, and correct people.csv"),
        (Colour.YELLOW, "no account in the roster: Zoë", "ask them, and complete people.csv"),
    ]


def test_without_a_token_membership_is_not_known(make_case: MakeCase, github: LabGitHub) -> None:
    [(colour, answer, hint)] = found(case_with(make_case(), PEOPLE[:2], **github.environment))

    assert (colour, answer) == (Colour.UNKNOWN, "2 of 2: not known whether they can sign in")
    assert "GH_TOKEN=$(gh auth token)" in hint


def test_more_people_than_places_is_told_with_the_number_to_write(make_case: MakeCase, github: LabGitHub) -> None:
    many = tuple(Person("", f"p{line}@x.example", "", line) for line in range(2, 102))
    first, *_ = found(case_with(make_case(), many, **github.environment))

    assert first == (
        Colour.YELLOW,
        "100 people on the roster, and 67 servers may run at once",
        "`participants: 100`, if all of them may come at once",
    )


def test_without_a_roster_nothing_is_said(make_case: MakeCase) -> None:
    assert roster.roster(make_case()) == []
