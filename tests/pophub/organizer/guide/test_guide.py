"""The words of the participant guide, from the event file. That they are true is tests/hub_config/test_guide_promises.py."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide import guide
from pophub.organizer.guide.guide_pages import as_markdown
from tests.logins import LOGINS

MakeEvent = Callable[..., Event]


def words(event: Event) -> dict[str, str]:
    return {sentence.key: sentence.text for section in guide(plan_of(event)) for sentence in section.sentences}


def test_the_guide_says_what_stands_in_the_event_file(make_event: MakeEvent) -> None:
    told = words(make_event(archive_days=45, server={"memory_gib": Decimal("1.5"), "cpus": 1, "home_gib": 7}))

    assert "https://hub.geohackweek.example.org." in told["address"]
    assert told["session"] == "Monday 1 March 2027 to Friday 5 March 2027, each day from 09:00 to 17:30."
    assert "1.5 GiB of memory and 1 processor." in told["size"]
    assert "7 GiB" in told["quota"]
    assert "45 days" in told["archive"]
    assert told["last_day"].startswith("Friday 12 March 2027 ")
    assert "organizers@geohackweek.example.org" in told["help"]


def test_a_session_of_one_day_names_one_day(make_event: MakeEvent) -> None:
    session = {"from": "2027-03-02", "to": "2027-03-02", "start": "13:00", "end": "15:00"}

    assert words(make_event(sessions=[session]))["session"] == "Tuesday 2 March 2027 from 13:00 to 15:00."


def test_a_team_is_invited_by_its_organization_which_is_named_once(make_event: MakeEvent) -> None:
    told = words(make_event(login={"github": LOGINS["github"]}))

    assert "the invitation to geohackweek or partners that GitHub" in told["github_invitation"]


@pytest.mark.parametrize(
    ("way", "word"), [("google", "lab.example"), ("shared_password", "password"), ("system", "name")]
)
def test_another_way_to_sign_in_says_nothing_of_github(make_event: MakeEvent, way: str, word: str) -> None:
    text = as_markdown(plan_of(make_event(login={way: LOGINS[way]}, server={"content": None})))

    assert word in text
    assert "GitHub" not in text


def test_what_an_event_does_not_have_is_not_told(make_event: MakeEvent) -> None:
    told = words(make_event(contact=[], server={"content": None, "choices": []}, login={"github": {"allow": ["geo"]}}))

    assert not {"content", "choices", "helpers_open", "helpers_restart"} & told.keys()
    assert "ask the organizers" in told["help"]


@pytest.mark.parametrize(("workers", "told"), [(None, False), ({}, False), ({"spot": True}, True)])
def test_only_on_spot_workers_a_machine_may_be_taken_back(
    make_event: MakeEvent, workers: dict[str, Any] | None, told: bool
) -> None:
    assert ("spot" in words(make_event(workers=workers))) is told


def test_a_hub_that_stays_on_between_its_sessions_is_not_said_to_be_off(make_event: MakeEvent) -> None:
    nights = [
        {"from": "2027-03-01", "to": "2027-03-12", "start": "00:00", "end": "12:00"},
        {"from": "2027-03-01", "to": "2027-03-12", "start": "13:00", "end": "23:59"},
    ]

    assert "off_between" in words(make_event())
    assert "off_between" not in words(make_event(sessions=nights))


def test_a_key_stands_for_one_promise_but_each_session_is_told(make_event: MakeEvent) -> None:
    two = [
        {"from": "2027-03-01", "to": "2027-03-02", "start": hours[0], "end": hours[1]}
        for hours in (("09:00", "12:00"), ("18:00", "20:00"))
    ]
    keys = [sentence.key for section in guide(plan_of(make_event(sessions=two))) for sentence in section.sentences]

    assert {key for key in keys if keys.count(key) > 1} == {"session"}


def test_it_is_read_in_five_minutes(make_event: MakeEvent) -> None:
    # slow reading of a foreign language: 150 words a minute
    assert len(as_markdown(plan_of(make_event())).split()) < 5 * 150
