"""The parts of an event: what each takes when little is said, and what it refuses by itself."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pophub.organizer.event.checks import Strict
from pophub.organizer.event.sections import Host, Idle, Session, Tls


def test_what_is_not_said_is_what_most_events_want() -> None:
    assert (Idle().server_minutes, Idle().kernel_minutes, Idle().hub_minutes, Idle().protect_hours) == (
        120,
        None,
        30,
        4,
    )
    assert (Host().instance_type, Host().architecture, Host().disk_gib) == (None, "x86_64", None)
    assert (Tls().mode, Idle().server_max_hours) == ("acme", None)


def test_a_session_of_one_day_and_one_minute_is_a_session() -> None:
    session = Session.model_validate({"from": "2027-03-01", "to": "2027-03-01", "start": "23:58", "end": "23:59"})

    assert session.first == session.last


def test_a_session_may_last_a_year_and_no_day_longer() -> None:
    def upto(last: str) -> Session:
        return Session.model_validate({"from": "2027-03-01", "to": last, "start": "09:00", "end": "10:00"})

    assert upto("2028-03-01")
    with pytest.raises(ValidationError, match="more than a year"):
        upto("2028-03-02")


REFUSED: list[tuple[type[Strict], dict[str, Any], str]] = [
    (Tls, {"mode": "files", "key": "/key.pem"}, "needs a certificate and a key"),
    (Tls, {"mode": "acme", "key": "/key.pem", "certificate": "/cert.pem"}, "needs a certificate and a key"),
    (Tls, {"mode": "acme", "key": "/key.pem"}, "needs a certificate and a key"),
]


@pytest.mark.parametrize(("section", "written", "problem"), REFUSED)
def test_a_part_refuses_what_contradicts_itself(section: type[Strict], written: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        section.model_validate(written)
