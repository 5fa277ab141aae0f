"""The event: what the example says, what is derived, what one part asks of another, and what `now` changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from pophub.organizer.event.event import HUB_STATE_GIB, Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

LOGINS: dict[str, dict[str, Any]] = {
    "github": {"allow": ["geohackweek", "geohackweek:participants-2027"], "admins": ["octocat"]},
    "google": {"hosted_domain": ["uni.example"], "admins": ["ada@uni.example"]},
    "shared_password": {"admins": ["ada"]},
    "system": {"create_users": True, "admins": ["ada"]},
}


def test_the_example_is_an_event() -> None:
    event = load_event(EXAMPLE_EVENT, now=datetime(2026, 11, 20, tzinfo=UTC))

    assert (event.name, event.participants, event.budget_usd) == ("example-event", 60, Decimal(400))


@pytest.mark.parametrize("kind", LOGINS)
def test_each_way_to_sign_in_is_known_by_its_name(make_event: Callable[..., Event], kind: str) -> None:
    login = make_event(login={kind: LOGINS[kind]}).login

    assert (login.kind, login.admins) == (kind, tuple(LOGINS[kind]["admins"]))


def test_the_disk_holds_all_homes_and_the_hub(make_event: Callable[..., Event]) -> None:
    event = make_event(participants=30, server={"home_gib": 7})

    assert event.disk_gib == 30 * 7 + HUB_STATE_GIB


def test_the_organizers_disk_counts(make_event: Callable[..., Event]) -> None:
    assert make_event(host={"disk_gib": 5000}).disk_gib == 5000


@pytest.mark.parametrize(("mode", "scheme"), [("acme", "https"), ("none", "http")])
def test_the_address_is_plain_http_without_a_certificate(
    make_event: Callable[..., Event], mode: str, scheme: str
) -> None:
    event = make_event(tls={"mode": mode})
    assert event.url == f"{scheme}://{event.domain}"


def test_the_largest_memory_is_that_of_the_largest_choice(make_event: Callable[..., Event]) -> None:
    choices = [{"name": name, "memory_gib": memory, "cpus": 1} for name, memory in [("small", 1), ("large", 16)]]

    assert make_event(server={"choices": choices}).server.largest_memory_gib == 16


def test_a_loaded_event_never_changes(make_event: Callable[..., Event]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        make_event().participants = 61


def _problems(error: ValidationError) -> list[str]:
    return [detail["ctx"]["problem"] for detail in error.errors()]


@pytest.mark.parametrize(
    ("now", "past"),
    [
        (datetime(2027, 3, 12, 23, tzinfo=UTC), False),
        # still 12 March in Los Angeles
        (datetime(2027, 3, 13, 7, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 13, 8, 0, tzinfo=UTC), True),
        (None, False),
    ],
)
def test_an_event_is_past_when_its_last_day_is_over_where_it_takes_place(
    make_event: Callable[..., Event], now: datetime | None, past: bool
) -> None:
    written = make_event().model_dump(by_alias=True, exclude_none=True)
    try:
        Event.model_validate(written, context={"now": now})
        problems = []
    except ValidationError as error:
        problems = _problems(error)

    assert problems == (["the event is past"] if past else [])


def test_a_past_session_of_an_event_that_goes_on_is_fine(make_event: Callable[..., Event]) -> None:
    written = make_event().model_dump(by_alias=True, exclude_none=True)

    assert Event.model_validate(written, context={"now": datetime(2027, 3, 8, tzinfo=UTC)})


def test_a_hub_may_stand_at_the_zone_itself(make_event: Callable[..., Event]) -> None:
    assert make_event(domain="hub.example.org", zone="hub.example.org")


@pytest.mark.parametrize(
    "image",
    [
        "quay.io/jupyter/scipy-notebook:2026-10-06",
        "scipy:1",
        "localhost:5000/scipy:1",
        f"scipy@sha256:{'0' * 64}",
        f"quay.io/jupyter/scipy-notebook:latest@sha256:{'0' * 64}",
    ],
)
def test_an_image_is_pinned_by_a_tag_or_a_digest(make_event: Callable[..., Event], image: str) -> None:
    assert make_event(server={"image": image}).server.image == image


@pytest.mark.parametrize(
    "timezone", ["UTC", "Etc/UTC", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe", "Etc/GMT+5"]
)
def test_time_zones_are_those_of_the_iana_list(make_event: Callable[..., Event], timezone: str) -> None:
    assert make_event(timezone=timezone).timezone == timezone


@pytest.mark.parametrize(
    ("changes", "page", "wake"),
    [({}, True, True), ({"wake": False}, True, False), ({"tls": {"mode": "none"}}, False, False)],
)
def test_an_off_page_is_https_and_a_start_from_it_can_be_forbidden(
    make_event: Callable[..., Event], changes: dict[str, Any], page: bool, wake: bool
) -> None:
    event = make_event(**changes)

    assert (event.has_off_page, event.can_be_woken) == (page, wake)
