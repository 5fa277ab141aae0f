"""Every handler of the lab's GitHub suffers when GitHub does: pages, OAuth and the API."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("place", ["/login", "/login/oauth/authorize", "/api/v3/users/ada"])
def test_a_bad_day_is_everywhere(oauth_app: Any, place: str) -> None:
    with oauth_app.github.fault(("/", "unavailable")):
        assert oauth_app.browser.get(oauth_app.github.url + place).status_code == 503
