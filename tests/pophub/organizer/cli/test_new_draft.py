"""The draft of a new event: its defaults, and what an answer changes in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pophub.organizer.cli.new_draft import (
    REGIONS,
    Draft,
    comma_separated,
    nearest_region,
    number,
    put,
    put_address,
    put_days,
    put_login_kind,
    put_timezone,
    unanswered,
)
from pophub.organizer.plan.prices import region_prices

NOW = datetime(2026, 11, 29, 20, tzinfo=UTC)


@pytest.fixture
def draft() -> Draft:
    return unanswered("soil-school", NOW)


def test_it_begins_on_a_monday_in_some_weeks(draft: Draft) -> None:
    [session] = draft.data["sessions"]

    assert date.fromisoformat(session["from"]).weekday() == 0
    assert (session["from"], session["to"], draft.data["ends"]) == ("2027-02-01", "2027-02-05", "2027-02-12")
    assert draft.data["title"] == "Soil School"


@pytest.mark.parametrize("region", REGIONS)
def test_each_region_has_prices(region: str) -> None:
    assert region_prices(region).machines


@pytest.mark.parametrize(
    ("timezone", "region"),
    [
        ("Europe/Berlin", "eu-central-1"),
        ("America/Los_Angeles", "us-west-2"),
        ("Australia/Perth", "ap-southeast-2"),
        ("America/Argentina/Buenos_Aires", "us-east-1"),
        ("Etc/UTC", "us-east-1"),
    ],
)
def test_the_region_is_the_one_nearest_to_the_city_of_the_time_zone(draft: Draft, timezone: str, region: str) -> None:
    put_timezone(draft, timezone)

    assert nearest_region(timezone) == draft.data["region"] == region


def test_the_event_ends_a_week_after_its_last_day(draft: Draft) -> None:
    put_days(draft, "2027-12-30 to 2027-12-31")

    assert (draft.data["sessions"][0]["from"], draft.data["ends"]) == ("2027-12-30", "2028-01-07")


def test_what_is_no_two_dates_is_left_to_the_model(draft: Draft) -> None:
    put_days(draft, "next week")

    assert draft.data["sessions"][0] == {"from": "next week", "to": "next week", "start": "09:00", "end": "17:30"}


@pytest.mark.parametrize(
    ("address", "zone"),
    [("hub.soil.example.edu", "soil.example.edu"), ("soil.edu", "soil.edu"), ("soil", "not-yet-known.example")],
)
def test_the_zone_is_what_is_above_the_address(draft: Draft, address: str, zone: str) -> None:
    put_address(draft, address)

    assert (draft.data["domain"], draft.data["zone"]) == (address, zone)


def test_helpers_belong_to_the_way_that_was_chosen_and_nobody_is_no_key(draft: Draft) -> None:
    admins = put("login", "*", "admins", read=comma_separated, optional=True)
    put_login_kind(draft, "system")
    admins(draft, "ada, bob ,")
    named = draft.data["login"]
    admins(draft, "")

    assert (named, draft.data["login"]) == ({"system": {}}, {"system": {}})
    admins(draft, "ada, bob ,")
    assert draft.data["login"] == {"system": {"admins": ["ada", "bob"]}}


@pytest.mark.parametrize(
    ("text", "found"), [("60", 60), ("400.50", Decimal("400.50")), ("many", "many"), ("-1", "-1"), ("1e9", "1e9")]
)
def test_a_number_is_read_and_other_text_is_left_to_the_model(text: str, found: object) -> None:
    assert number(text) == found
