"""Who is who, for the event of the tests."""

from __future__ import annotations

import json

import pytest

from lab.directory import Directory, Organization
from pophub.organizer.event.event import Event


@pytest.fixture
def directory(hackweek: Event) -> Directory:
    return Directory.for_event(hackweek)


def test_there_is_a_person_for_every_way_to_meet_the_event(directory: Directory) -> None:
    assert directory.people == ("ada", "grace", "Carol-X", "heidi", "mallory", "octocat")


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("ada", "member of geohackweek"),
        ("Carol-X", "member of geohackweek"),
        ("grace", "member of partners, team participants-2027"),
        ("heidi", "member of partners"),
        ("mallory", "member of elsewhere"),
        ("octocat", "in no organization"),
    ],
)
def test_the_sign_in_page_says_who_belongs_where(directory: Directory, person: str, words: str) -> None:
    assert directory.describe(person) == words


def test_names_are_the_same_whatever_their_case() -> None:
    assert Organization("x", members=("Carol-X",)).has("carol-x")
    assert Directory((), (Organization("GeoHackweek", ("ada",)),)).organization("geohackweek").has("Ada")


def test_a_teams_member_is_a_member_of_the_organization_but_of_no_other_team() -> None:
    organization = Organization("x", members=("ada",), teams=(("a", ("grace",)), ("b", ())))

    assert organization.has("grace")
    assert organization.has("grace", "a")
    assert not organization.has("grace", "b")
    assert not organization.has("ada", "a")


def test_an_organization_that_does_not_exist_has_no_members(directory: Directory) -> None:
    assert not directory.organization("nowhere").has("ada")


def test_a_directory_survives_json(directory: Directory) -> None:
    assert Directory.from_json(json.loads(json.dumps(directory.as_json()))) == directory
