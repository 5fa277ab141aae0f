"""Answers of GitHub that are none: limits of both kinds, with and without the time to wait, and GitHub in trouble."""

from __future__ import annotations

import json

import pytest

from pophub.organizer.outside.github_limits import limit_in_words
from pophub.organizer.outside.provider import Reply

SECONDARY = "You have exceeded a secondary rate limit."


@pytest.mark.parametrize(
    ("status", "headers", "message", "words"),
    [
        (
            403,
            {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795944000"},
            "API rate limit exceeded",
            "GitHub allows 60 questions an hour from here, and they are used up; again at 09:20 UTC",
        ),
        (429, {"retry-after": "30"}, SECONDARY, "again in 30 seconds"),
        (403, {"x-ratelimit-remaining": "4000"}, SECONDARY, "again in a minute"),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, "", "again in a minute"),
        (429, {}, "", "again in a minute"),
        (500, {}, "", "GitHub is in trouble (status 500)"),
        (503, {}, "", "https://www.githubstatus.com"),
    ],
)
def test_why_there_is_no_answer(status: int, headers: dict[str, str], message: str, words: str) -> None:
    told = limit_in_words(Reply(status, headers, json.dumps({"message": message}).encode()))

    assert told is not None
    assert words in told


@pytest.mark.parametrize("status", [200, 204, 302, 401, 403, 404])
def test_everything_else_is_an_answer(status: int) -> None:
    assert limit_in_words(Reply(status, {"x-ratelimit-remaining": "12"}, b"{}")) is None
