"""Decisions: the words that logs, mails and other programs read."""

from __future__ import annotations

from pophub.hub.watch.decision import Action


def test_the_actions_are_these_words() -> None:
    assert list(Action) == ["keep", "prestart", "warn", "tighten", "refuse", "stop", "close"]
