"""Who signs in gets the off page's cookie, if there is an off page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler
from traitlets.config import Config

from pophub.core.wake_cookie import NAME, person_of

Load = Callable[..., Config]
KEY = "5c" * 32


class Connection:
    """What a handler needs of its connection to be made."""

    no_keep_alive = False
    context = None

    def set_close_callback(self, callback: object) -> None:
        pass


def signed_in(config: Config, account: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """What JupyterHub goes on with, and the cookie that it sends."""
    request = HTTPServerRequest("GET", "/hub/oauth_callback", connection=Connection())  # type: ignore[arg-type]
    handler = RequestHandler(Application(), request)
    authenticator = config.JupyterHub.authenticator_class(config=config)
    result = asyncio.run(authenticator.run_post_auth_hook(handler, account))
    return result, getattr(handler, "_new_cookie", {}).get(NAME)


def test_who_signs_in_gets_the_cookie(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKE_KEY", KEY)
    account = {"name": "ada", "auth_state": {"token": "t"}}
    now = datetime.now(UTC)
    result, cookie = signed_in(load(), account)

    assert result == account
    assert person_of(cookie.value, "hackweek", KEY, now=now + timedelta(days=29)) == "ada"
    assert person_of(cookie.value, "hackweek", KEY, now=now + timedelta(days=31)) is None
    # what the prefix of its name asks for, and no script and no other site's form may use it
    assert (cookie["path"], cookie["domain"], cookie["secure"]) == ("/", "", True)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_without_an_off_page_there_is_none(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAKE_KEY", raising=False)
    account = {"name": "ada"}

    assert signed_in(load(), account) == (account, None)
