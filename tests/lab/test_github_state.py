"""What the lab's GitHub remembers: limits by the hour, callbacks, sessions at an organization's sign-in."""

from __future__ import annotations

import pytest

from lab.directory import Directory
from lab.github_state import WINDOW_SECONDS, Grant, Site


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def site(*hosts: str, clock: Clock | None = None) -> Site:
    return Site(Directory(()), "id", "secret", hosts, clock or Clock())


def test_a_callers_questions_are_counted_by_the_hour() -> None:
    clock = Clock()
    here = site(clock=clock)
    first, second = (here.count("127.0.0.1", 60).headers() for _ in range(2))
    other = here.count("id", 5000).headers()
    clock.now += WINDOW_SECONDS
    later = here.count("127.0.0.1", 60).headers()

    assert [each["x-ratelimit-remaining"] for each in (first, second, other, later)] == ["59", "58", "4999", "59"]
    assert first["x-ratelimit-reset"] == "4600"


@pytest.mark.parametrize(
    ("address", "is_accepted"),
    [
        ("https://hub.example.org/hub/oauth_callback", True),
        ("https://hub.example.org:443/hub/oauth_callback/below", True),
        ("https://sub.hub.example.org/hub/oauth_callback", True),
        ("http://hub.example.org/hub/oauth_callback", False),
        ("https://hub.example.org:8443/hub/oauth_callback", False),
        ("https://hub.example.org/hub/", False),
        ("https://hub.example.org/hub/oauth_callbacks", False),
        ("https://evilhub.example.org/hub/oauth_callback", False),
        ("https://example.org/hub/oauth_callback", False),
        ("http://127.0.0.1:1/hub/oauth_callback", False),
        ("http://[/hub/oauth_callback", False),
        ("", False),
    ],
)
def test_people_are_sent_back_to_the_registered_callback_only(address: str, is_accepted: bool) -> None:
    assert site("hub.example.org").accepts(address) is is_accepted


def test_a_loopback_callback_may_have_any_port() -> None:
    assert site("127.0.0.1").accepts("http://127.0.0.1:54321/hub/oauth_callback")


def test_a_token_is_good_for_the_organizations_whose_sign_in_was_open_when_it_was_made() -> None:
    here = site()
    before = here.new_token(Grant("ada", frozenset()))
    here.sign_on("ada", "Corp")
    after = here.new_token(Grant("ada", frozenset()))
    other = here.new_token(Grant("grace", frozenset()))

    assert [token.single_sign_on for token in (before, after, other)] == [set(), {"corp"}, set()]
