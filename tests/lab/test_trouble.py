"""Which paths suffer from what."""

from __future__ import annotations

import pytest

from lab.trouble import TROUBLES, Weather


def test_a_trouble_is_at_the_paths_of_its_pattern() -> None:
    weather = Weather.from_json([["/api/v3/orgs/", "unavailable"], ["/api/", "bad gateway"]])

    assert weather.at("/api/v3/orgs/x/members/y") == TROUBLES["unavailable"]
    assert weather.at("/api/v3/user") == TROUBLES["bad gateway"]
    assert weather.at("/login") is None


def test_a_trouble_that_the_lab_does_not_know_is_a_mistake_of_the_test() -> None:
    with pytest.raises(KeyError):
        Weather.from_json([["/", "drizzle"]])


def test_fine_weather_is_everywhere() -> None:
    assert Weather().at("/api/v3/user") is None
