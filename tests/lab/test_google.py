"""The lab's Google as a process."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from lab.google import LabGoogle


def test_it_listens_on_this_computer_only(google: LabGoogle) -> None:
    assert google.url.startswith("http://127.0.0.1:")
    assert requests.get(f"{google.url}/oauth2/v1/userinfo").status_code == 401


def test_a_hub_finds_it_through_its_environment_and_one_setting(google: LabGoogle) -> None:
    assert google.environment["GOOGLE_API_URL"] == google.url
    assert google.environment["GOOGLE_CLIENT_SECRET"] == google.client_secret
    assert google.settings("http://hub") == {
        "GoogleOAuthenticator.authorize_url": f"{google.url}/o/oauth2/v2/auth",
        "GoogleOAuthenticator.oauth_callback_url": "http://hub/hub/oauth_callback",
    }


def test_it_is_gone_after_a_stop_and_another_has_other_secrets(google: LabGoogle, tmp_path: Path) -> None:
    with LabGoogle([], tmp_path) as other:
        other.stop()

    assert other.client_secret != google.client_secret
    with pytest.raises(requests.ConnectionError):
        requests.get(other.url)
