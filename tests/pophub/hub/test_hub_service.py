"""A service asks the hub who somebody is, and who may come in."""

from __future__ import annotations

from pophub.hub.hub_service import Service


def test_the_service_admits_people_with_its_own_scope_alone() -> None:
    auth = Service("helpers", "hush", 903, "http://127.0.0.1:8000").sign_in()

    assert auth.access_scopes == {"access:services!service=helpers"}
    assert (auth.base_url, auth.oauth_redirect_uri) == ("/services/helpers/", "/services/helpers/oauth_callback")
    assert (auth.oauth_client_id, auth.api_token) == ("service-helpers", "hush")
