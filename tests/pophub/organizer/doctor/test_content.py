"""The content's repository and branch: judged from facts, and asked at the lab's git host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.git_host import LabGitHost
from pophub.organizer.doctor import content
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.outside.git import Repository
from tests.pophub.organizer.doctor.conftest import MakeCase

URL = "https://github.com/geohackweek/tutorials"
GIB = 2**30
THERE = Repository(frozenset({"main", "2027"}), "main")


@pytest.mark.parametrize(
    ("branch", "found", "size", "colour", "words"),
    [
        (None, THERE, GIB // 100, Colour.GREEN, "has main, about 0.01 GiB"),
        ("2027", THERE, None, Colour.GREEN, "has 2027; its size is not known"),
        ("2028", THERE, None, Colour.RED, "there are 2027, main"),
        (None, None, None, Colour.RED, "not for everybody"),
        (None, Repository(frozenset(), None), None, Colour.RED, "it is empty"),
        (None, THERE, 3 * GIB, Colour.YELLOW, "of each home of 10 GiB"),
        (None, THERE, 11 * GIB, Colour.RED, "more than a home"),
    ],
)
def test_what_every_home_gets(
    branch: str | None, found: Repository | None, size: int | None, colour: Colour, words: str
) -> None:
    verdict = content.judge_content(URL, branch, found, size, 10)

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


def test_the_host_is_asked(make_case: MakeCase, tmp_path: Path) -> None:
    with LabGitHost(tmp_path) as lab:
        lab.push("geohackweek/tutorials", {"a.ipynb": "{}"})
        case = make_case(
            reroute={"https://github.com": lab.url("").rstrip("/"), "https://api.github.com": "http://127.0.0.1:1"}
        )

        assert content.content(case).answer == f"{URL} has main; its size is not known"


def test_homes_may_start_empty(make_case: MakeCase, example_in: Callable[[str, str], str]) -> None:
    case = make_case(name=example_in(f"content: {URL}", "content: null"))

    assert content.content(case).colour is Colour.GREEN
