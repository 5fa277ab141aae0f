"""What of the example is left in an event file: found by the example itself, whatever it says."""

from __future__ import annotations

import pytest

from pophub.organizer.doctor import placeholders
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.event import lined_yaml
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.doctor.conftest import MakeCase

OURS = """
title: Soil 2028
contact: [ada@uni-bonn.de]
region: us-west-2
domain: hub.soil.uni-bonn.de
zone: soil.uni-bonn.de
login:
  github: {allow: [soil-school, "soil-school:2028"], admins: [ada]}
server:
  image: quay.io/jupyter/scipy-notebook:2026-10-06
  content: https://github.com/soil-school/notebooks
"""


def _found(text: str) -> list[placeholders.Placeholder]:
    return placeholders.find(lined_yaml.read(text.encode()), lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data)


def test_an_event_of_ones_own_has_none_though_it_shares_region_and_image() -> None:
    assert _found(OURS) == []
    assert placeholders.judge_placeholders([]).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("old", "new", "key", "colour"),
    [
        ("admins: [ada]", "admins: [ada, octocat]", "login.github.admins", Colour.RED),
        ("admins: [ada]", "admins: [Octocat]", "login.github.admins", Colour.RED),
        ("ada@uni-bonn.de", "ada@example.com", "contact", Colour.RED),
        ("[soil-school, ", "[geohackweek, ", "login.github.allow", Colour.YELLOW),
        ("Soil 2028", "Geo Hackweek 2027", "title", Colour.YELLOW),
        ("soil-school/notebooks", "geohackweek/tutorials", "server.content", Colour.YELLOW),
        ("hub.soil.uni-bonn.de", "hub.soil.example.org", "domain", Colour.RED),
    ],
)
def test_each_name_of_the_example_is_found_on_its_line(old: str, new: str, key: str, colour: Colour) -> None:
    text = OURS.replace(old, new)
    [found] = _found(text)

    assert found.key == key
    assert new.strip("[], ").split("[")[-1].rpartition(", ")[2] in text.splitlines()[found.line - 1]
    assert placeholders.judge_placeholders([found]).colour is colour


def test_names_that_merely_look_like_it_are_ours() -> None:
    assert _found(OURS.replace("uni-bonn.de", "example-university.org")) == []


def test_the_example_itself_is_full_of_them(make_case: MakeCase) -> None:
    verdict = placeholders.placeholders(make_case())

    assert verdict.colour is Colour.RED
    for key in ("title", "contact", "zone", "domain", "login.github.allow", "login.github.admins", "server.content"):
        assert f"`{key}: " in verdict.answer
