"""What the demo's people insist on; the whole of their day is played by the tests marked `demo`."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from lab.demo.people import expect, refusal
from lab.fake_participant import Refused
from pophub.core.errors import PophubError


class Stranger:
    """Somebody who tries to sign in; `status` is what the hub answers."""

    def __init__(self, status: int) -> None:
        self.status = status

    def sign_in(self, hub_url: str) -> None:
        if self.status >= 400:
            answer = requests.Response()
            answer.status_code = self.status
            raise Refused(answer)


def refused(status: int) -> str:
    stranger: Any = Stranger(status)
    return refusal(stranger, "http://127.0.0.1:1")


def test_a_stranger_must_be_refused_and_not_by_accident() -> None:
    assert refused(403) == "403, and a page that says what to do"

    with pytest.raises(PophubError, match="expected 403, found 500"):
        refused(500)
    with pytest.raises(PophubError, match="let a non-member in"):
        refused(200)


def test_another_answer_is_said_beside_the_wanted_one() -> None:
    assert expect("42", "42") == "42"
    with pytest.raises(PophubError, match="expected '42', found '41'"):
        expect("41", "42")
