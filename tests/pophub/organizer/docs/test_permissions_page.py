"""The page about rights is the organizer's policy, with a sentence for each of its statements."""

from __future__ import annotations

import json

from pophub.organizer.docs.permissions_page import FOR


def test_each_statement_has_a_sentence_and_no_sentence_is_left_over() -> None:
    for policy, sentences in FOR.items():
        assert list(sentences) == [statement["Sid"] for statement in json.loads(policy.read_text())["Statement"]]
