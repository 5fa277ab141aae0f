"""Which paths suffer from what."""

from __future__ import annotations

import pytest

from lab.faults import FAULTS, Faults


def test_a_trouble_is_at_the_paths_of_its_pattern() -> None:
    faults = Faults.from_json([["/api/v3/orgs/", "unavailable"], ["/api/", "bad gateway"]])

    assert faults.at("/api/v3/orgs/x/members/y") == FAULTS["unavailable"]
    assert faults.at("/api/v3/user") == FAULTS["bad gateway"]
    assert faults.at("/login") is None


def test_a_trouble_that_the_lab_does_not_know_is_a_mistake_of_the_test() -> None:
    with pytest.raises(KeyError):
        Faults.from_json([["/", "drizzle"]])


def test_fine_weather_is_everywhere() -> None:
    assert Faults().at("/api/v3/user") is None
