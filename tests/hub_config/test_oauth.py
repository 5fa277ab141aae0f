"""Answers of GitHub and Google that end a sign-in without refusing anybody."""

from __future__ import annotations

import asyncio
import importlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from traitlets.config import Config

NOW = 1_000_000
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}


@pytest.fixture
def oauth(load: Callable[..., Config]) -> ModuleType:
    load()
    return importlib.import_module("sections.oauth")


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW + 90)}, {}, 90),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW - 90)}, {}, 1),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, {}, 60),
        (429, {"retry-after": "30"}, SECONDARY, 30),
        (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, SECONDARY, 60),
        (429, {}, {}, 60),
        (403, {}, SECONDARY, 60),
        (403, {"retry-after": "45"}, {"message": "You have triggered an abuse detection mechanism"}, 45),
        (
            403,
            {"x-ratelimit-remaining": "12"},
            {"message": "Resource protected by organization SAML enforcement."},
            None,
        ),
        (403, {}, {"message": "the organization has enabled OAuth App access restrictions"}, None),
        (403, {}, {"error": {"code": 403, "message": "User Rate Limit Exceeded"}}, 60),
        (403, {}, {"error": "invalid_client"}, None),
        (404, {"x-ratelimit-remaining": "0"}, {"message": "Not Found"}, None),
        (204, {"x-ratelimit-remaining": "0"}, {}, None),
    ],
)
def test_a_limit_is_told_from_a_refusal(
    oauth: ModuleType, status: int, headers: dict[str, str], body: dict[str, Any], seconds: int | None
) -> None:
    assert oauth.wait_seconds(status, headers, body, NOW) == seconds


@pytest.mark.parametrize("body", [None, b"", b"<html>", b"[]", b"\xff\xfe"])
def test_an_answer_that_is_no_json_object_says_nothing(oauth: ModuleType, body: bytes | None) -> None:
    class Reply:
        pass

    reply = Reply()
    reply.body = body  # type: ignore[attr-defined]

    assert oauth.body_of(reply) == {}


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        ("cancelled", 400),
        ("again", 400),
        ("unverified", 400),
        ("busy", 503),
        ("provider_failure", 503),
        ("secret", 503),
    ],
)
def test_what_a_person_can_mend_is_no_fault_of_the_hub(oauth: ModuleType, cause: str, status: int) -> None:
    assert oauth.SignInTrouble(cause, "100% sure").status_code == status


class Closing(socketserver.BaseRequestHandler):
    """Says nothing."""


class Plain(socketserver.BaseRequestHandler):
    """Speaks no TLS."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.fixture(params=[Closing, Plain])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), request.param) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(oauth: ModuleType, url: str) -> Any:
    """What comes of a question to where nobody answers it."""
    with pytest.raises(oauth.SignInTrouble) as trouble:
        asyncio.run(oauth.EventOAuth(client_id="x").httpfetch(url, "asking", method="GET"))
    assert trouble.value.cause == "provider_failure"
    assert f"no answer while asking {url}" in str(trouble.value)
    return trouble.value


def test_a_provider_with_which_tls_fails_is_ill(oauth: ModuleType, port: int) -> None:
    assert ask(oauth, f"https://127.0.0.1:{port}/").status_code == 503


@pytest.mark.parametrize("account", [{"hd": "uni.example"}, {"email": None}, {"email": ""}])
def test_a_provider_that_leaves_out_the_name_of_an_account_is_ill(oauth: ModuleType, account: dict[str, Any]) -> None:
    class Forgetful(oauth.EventOAuth):  # type: ignore[misc, name-defined]
        async def httpfetch(self, *_: object, **__: object) -> dict[str, Any]:
            return account

    people = Forgetful(client_id="x", username_claim="email", userdata_url="https://google.invalid/")
    with pytest.raises(oauth.SignInTrouble) as trouble:
        asyncio.run(people.token_to_user({"access_token": "t", "token_type": "Bearer"}))

    assert (trouble.value.cause, trouble.value.status_code) == ("provider_failure", 503)


def test_a_provider_that_refuses_connections_is_ill(oauth: ModuleType) -> None:
    with socket.socket() as bound:
        # nobody listens there
        bound.bind(("127.0.0.1", 0))

        assert "refused" in str(ask(oauth, f"http://127.0.0.1:{bound.getsockname()[1]}/"))


def test_a_provider_whose_name_nobody_knows_is_ill(oauth: ModuleType) -> None:
    assert ask(oauth, "https://github.invalid/").status_code == 503


def test_no_answer_keeps_a_sign_in_waiting_for_long(load: Callable[..., Config]) -> None:
    settings = load()

    assert settings.GitHubOAuthenticator.http_request_kwargs == {"connect_timeout": 5.0, "request_timeout": 10.0}
