"""Answers of GitHub and Google that end a sign-in without refusing anybody."""

from __future__ import annotations

import importlib
from collections.abc import Callable
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
        (
            403,
            {"x-ratelimit-remaining": "12"},
            {"message": "Resource protected by organization SAML enforcement."},
            None,
        ),
        (403, {}, {"message": "the organization has enabled OAuth App access restrictions"}, None),
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
    [("cancelled", 400), ("again", 400), ("unverified", 400), ("busy", 503), ("ill", 503), ("secret", 503)],
)
def test_what_a_person_can_mend_is_no_fault_of_the_hub(oauth: ModuleType, cause: str, status: int) -> None:
    assert oauth.SignInTrouble(cause, "100% sure").status_code == status


def test_no_answer_keeps_a_sign_in_waiting_for_long(load: Callable[..., Config]) -> None:
    settings = load()

    assert settings.GitHubOAuthenticator.http_request_kwargs == {"connect_timeout": 5.0, "request_timeout": 10.0}
