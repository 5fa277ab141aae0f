"""Sign-in: what the provider says becomes one finding for each thing that was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.directory import Directory
from lab.github import LabGitHub
from pophub.organizer.doctor import sign_in
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.event.event_file import load_event
from pophub.organizer.outside.provider import no, unknown, yes
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.doctor.conftest import MakeCase

PASSWORDS = "shared_password: {admins: [ada]}"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[LabGitHub]:
    event = load_event(EXAMPLE_EVENT)
    with LabGitHub(Directory.for_event(event), tmp_path, callback_hosts=[event.domain]) as lab:
        yield lab


@pytest.mark.parametrize(
    ("answer", "colour"),
    [
        (yes("x", "there"), Colour.GREEN),
        (yes("x", "there", "but look"), Colour.YELLOW),
        (no("x", "not there", "make it"), Colour.RED),
        (no("x", "none, which is fine", ""), Colour.GREEN),
        (unknown("x", "hidden"), Colour.UNKNOWN),
    ],
)
def test_an_answer_has_its_colour(answer: object, colour: Colour) -> None:
    assert sign_in.judge(answer).colour is colour  # type: ignore[arg-type]


def test_what_github_says_is_one_finding_each(make_case: MakeCase, github: LabGitHub) -> None:
    found = dict(sign_in.people(replace(make_case(), environ=github.environment)))

    assert found["organization geohackweek"].colour is Colour.GREEN
    assert found["account octocat"].colour is Colour.GREEN
    assert found["OAuth app's id and secret"].colour is Colour.GREEN


def test_a_wrong_secret_is_red(make_case: MakeCase, github: LabGitHub) -> None:
    environ = {**github.environment, "GITHUB_CLIENT_SECRET": "guessed"}
    found = dict(sign_in.people(replace(make_case(), environ=environ)))

    assert found["OAuth app's id and secret"].colour is Colour.RED


def test_secrets_that_are_missing_are_named(make_case: MakeCase, github: LabGitHub) -> None:
    missing, given = sign_in.secrets(make_case()), sign_in.secrets(replace(make_case(), environ=github.environment))

    assert (missing.colour, given.colour) == (Colour.YELLOW, Colour.GREEN)
    assert missing.answer == "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are not set"


def test_a_missing_secret_is_said_once(make_case: MakeCase, github: LabGitHub) -> None:
    site = {"GITHUB_URL": github.environment["GITHUB_URL"]}
    found = dict(sign_in.people(replace(make_case(), environ=site)))

    assert "organization geohackweek" in found
    assert not [title for title in found if title.startswith("OAuth app")]


def test_without_a_provider_nobody_is_asked(make_case: MakeCase, example_in: Callable[[str, str], str]) -> None:
    text = EXAMPLE_EVENT.read_text()
    old = text[text.index("  github:") : text.index("\nserver:")].rstrip() + "\n"
    case = make_case(name=example_in(old, f"  {PASSWORDS}\n"))

    [(title, verdict)] = sign_in.people(case)
    assert (title, verdict.colour) == ("provider", Colour.GREEN)
