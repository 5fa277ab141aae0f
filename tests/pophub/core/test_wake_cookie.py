"""Whose cookie it is, and that nobody can make one without the key."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from pophub.core.wake_cookie import LONGEST, person_of, sign

NOW = datetime(2027, 3, 1, 20, tzinfo=UTC)
KEY = "4f" * 32
COOKIE = sign("geo", "ada", KEY, until=NOW + timedelta(days=30))


def _body(**changes: object) -> str:
    content = {"event": "geo", "person": "ada", "until": int(NOW.timestamp()) + 60} | changes
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_it_says_who_has_signed_in() -> None:
    assert person_of(COOKIE, "geo", KEY, now=NOW) == "ada"


def test_names_in_any_letters_come_through() -> None:
    cookie = sign("geo", "Ada Łovelace@uni.example", KEY, until=NOW + timedelta(days=1))

    assert cookie.isascii()
    assert not set(cookie) & set(' ",;\\')
    assert person_of(cookie, "geo", KEY, now=NOW) == "Ada Łovelace@uni.example"


def test_it_ends() -> None:
    assert person_of(COOKIE, "geo", KEY, now=NOW + timedelta(days=30)) is None


def test_it_counts_for_one_event() -> None:
    assert person_of(COOKIE, "geo-2", KEY, now=NOW) is None


def test_another_event_s_key_signs_nothing() -> None:
    assert person_of(COOKIE, "geo", "5a" * 32, now=NOW) is None
    assert person_of(sign("geo", "ada", "", until=NOW + timedelta(days=1)), "geo", "", now=NOW) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ".",
        COOKIE.partition(".")[0],
        f"{_body()}.",
        f"{_body(until=9_999_999_999)}.{COOKIE.partition('.')[2]}",
        f"{_body(person='eve')}.{COOKIE.partition('.')[2]}",
        COOKIE + "A",
        COOKIE[:-1],
        f"ä{COOKIE}",
        f"{COOKIE}\udcff",
        "A" * (LONGEST + 1) + COOKIE,
    ],
)
def test_what_was_not_signed_is_nobody_s(forged: str) -> None:
    assert person_of(forged, "geo", KEY, now=NOW) is None
