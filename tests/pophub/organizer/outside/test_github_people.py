"""What GitHub shows about an event's people, to a member and to a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.directory import Directory, Organization
from lab.github import LabGitHub
from pophub.organizer.login.github import GitHub
from pophub.organizer.outside import github_people
from pophub.organizer.outside.github import site_from
from pophub.organizer.outside.github_people import standings
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing

LOGIN = GitHub.model_validate({"allow": ["geo", "partners:guests"], "admins": ["helper"]})
DIRECTORY = Directory(
    ("ada", "grace", "heidi", "mallory", "owner", "Carol-X"),
    (
        Organization("geo", ("ada", "owner", "Carol-X")),
        Organization("partners", ("heidi", "owner"), (("guests", ("grace", "owner")),)),
    ),
)
ACCOUNTS = ("ADA", "carol-x", "grace", "heidi", "mallory", "nobody", "under_score", "dots.in.it", "helper", "")
PEOPLE = [Person("", "", account, line) for line, account in enumerate(ACCOUNTS)]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LabGitHub]:
    with LabGitHub(DIRECTORY, tmp_path) as github:
        yield github


def test_a_member_learns_who_can_sign_in(github: LabGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_people, "PAGE", 2)
    site = replace(site_from(github.environment), token=github.token_of("owner"))
    found = standings(site, LOGIN.allow, LOGIN.admins, PEOPLE)

    assert [found[person.line] for person in PEOPLE] == [
        Standing.ADMITTED,
        Standing.ADMITTED,
        Standing.ADMITTED,
        Standing.NOT_ADMITTED,
        Standing.NOT_ADMITTED,
        Standing.NO_ACCOUNT,
        Standing.NO_ACCOUNT,
        Standing.NO_ACCOUNT,
        Standing.ADMITTED,
        Standing.NO_NAME,
    ]


@pytest.mark.parametrize("person", ["", "mallory"])
def test_a_stranger_learns_only_which_accounts_there_are(github: LabGitHub, person: str) -> None:
    site = replace(site_from(github.environment), token=github.token_of(person) if person else "")
    found = standings(site, LOGIN.allow, LOGIN.admins, PEOPLE[:6])

    assert [*found.values()] == [Standing.UNKNOWN] * 5 + [Standing.NO_ACCOUNT]
