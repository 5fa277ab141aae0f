"""A participant's server: what it is when little is said, and what it promises at most."""

from __future__ import annotations

from decimal import Decimal

from pophub.organizer.event.server import Server


def test_what_is_not_said_is_what_most_events_want() -> None:
    server = Server(image="scipy:1")

    assert (server.memory_gib, server.cpus, server.home_gib, server.default_url) == (Decimal(4), Decimal(2), 10, "/lab")
    assert (server.content, server.environment, server.choices, server.admin_access) == (None, {}, (), False)
    assert (server.memory_guarantee_gib, server.cpu_guarantee, server.largest_cpu_guarantee) == (None, None, 0)


def test_the_largest_guarantee_may_be_a_choice_s() -> None:
    choice = {"name": "large", "memory_gib": 8, "cpus": 4, "cpu_guarantee": 1}
    server = Server.model_validate({"image": "scipy:1", "cpu_guarantee": Decimal("0.5"), "choices": [choice]})

    assert server.largest_cpu_guarantee == 1


def test_a_guarantee_may_be_as_high_as_its_limit() -> None:
    server = Server(image="scipy:1", memory_guarantee_gib=Decimal(4), cpu_guarantee=Decimal(2))

    assert (server.memory_guarantee_gib, server.cpu_guarantee) == (server.memory_gib, server.cpus)
