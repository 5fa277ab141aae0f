"""The parts of an event: what each takes when little is said, and what it refuses by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from pophub.organizer.event.fields import Strict
from pophub.organizer.event.sections import Host, Idle, Server, Session, Tls


def test_what_is_not_said_is_what_most_events_want() -> None:
    server = Server(image="scipy:1")

    assert (server.memory_gib, server.cpus, server.home_gib, server.default_url) == (Decimal(4), Decimal(2), 10, "/lab")
    assert (server.content, server.environment, server.choices) == (None, {}, ())
    assert (Idle().server_minutes, Idle().kernel_minutes, Idle().hub_minutes, Idle().protect_hours) == (
        120,
        None,
        30,
        4,
    )
    assert (Host().instance_type, Host().architecture, Host().disk_gib) == (None, "x86_64", None)
    assert (Tls().mode, server.admin_access, Idle().server_max_hours) == ("acme", False, None)
    assert (server.memory_guarantee_gib, server.cpu_guarantee, server.largest_cpu_guarantee) == (None, None, 0)


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


def test_the_largest_guarantee_may_be_a_choice_s() -> None:
    choice = {"name": "large", "memory_gib": 8, "cpus": 4, "cpu_guarantee": 1}
    server = Server.model_validate({"image": "scipy:1", "cpu_guarantee": Decimal("0.5"), "choices": [choice]})

    assert server.largest_cpu_guarantee == 1


def test_a_guarantee_may_be_as_high_as_its_limit() -> None:
    server = Server(image="scipy:1", memory_guarantee_gib=Decimal(4), cpu_guarantee=Decimal(2))

    assert (server.memory_guarantee_gib, server.cpu_guarantee) == (server.memory_gib, server.cpus)
