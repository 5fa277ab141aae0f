"""The doctor's look at the demo's event: what is red by design is said, and any other red fails the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.aws import LabAws
from lab.demo.stand_ins import put_content
from lab.directory import Directory
from lab.doctor_check import EXPECTED_RED, examine_in_lab, summary_of
from lab.git_host import LabGitHost
from lab.github import LabGitHub
from lab.site import LabSite
from pophub.core.errors import PophubError
from pophub.organizer.deploy import hub_secrets
from pophub.organizer.doctor.finding import Colour, Finding
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

EXAMPLE = Finding("event file", "placeholders", Colour.RED, "names of the example", "put yours")
WELL = Finding("address", "zone", Colour.GREEN, "there")
UNDELEGATED = Finding("address", "delegation", Colour.RED, "not delegated", "ask for NS records")


def test_the_colours_are_counted_with_why_some_are_red() -> None:
    assert summary_of([WELL, WELL, EXAMPLE], is_example=True) == (
        "2 green, 0 yellow, 0 unknown, 1 red by design: the event file has the example's names"
    )
    assert summary_of([WELL], is_example=True) == "1 green, 0 yellow, 0 unknown, 0 red"


def test_any_other_red_of_the_example_fails_with_its_answer_and_next_step() -> None:
    with pytest.raises(PophubError, match=r"^the doctor finds delegation: not delegated$") as refused:
        summary_of([WELL, EXAMPLE, UNDELEGATED], is_example=True)

    assert refused.value.hint == "ask for NS records"


def test_any_other_red_of_an_organizers_event_is_said() -> None:
    summary = summary_of([WELL, UNDELEGATED], is_example=False)

    assert summary == "1 green, 0 yellow, 0 unknown, 1 red; delegation: not delegated"


def test_nothing_else_of_the_example_is_red_in_the_lab(tmp_path: Path) -> None:
    event = load_event(EXAMPLE_EVENT)
    people, hosts = Directory.for_event(event), [event.domain]
    with (
        LabAws(tmp_path) as aws,
        LabGitHub(people, tmp_path, callback_hosts=hosts) as github,
        LabGitHost(tmp_path / "git") as git,
    ):
        put_content(event, git)
        secrets = dict.fromkeys(hub_secrets.names(event), "lab")
        site = LabSite(tmp_path, EXAMPLE_EVENT, aws, secrets, lambda line: None)
        findings = examine_in_lab(site, aws, github.environment, git)

    colours = {each.question: each.colour for each in findings}
    assert {each.question for each in findings if each.colour is Colour.RED} == set(EXPECTED_RED)
    asked = ("region", "delegation", "callback URL", "image", "content", "OAuth app's id and secret")
    asked_of_the_lab = {name: colour for name, colour in colours.items() if name in asked}
    assert set(asked_of_the_lab.values()) == {Colour.GREEN}, findings
