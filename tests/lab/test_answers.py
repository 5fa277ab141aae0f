"""What an answer that was not heard makes of the next attempt, asked as AWS's clients ask."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest

from lab import answers
from lab.answers import Answers
from lab.aws import LabAws

REGION = "us-west-2"


class Counting:
    """An application that has one more of something at each call."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status, self.made = status, 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.made += 1
        start_response(self.status, [("Content-Type", "text/xml")])
        return [b"made ", str(self.made).encode()]


def ask(application: Any, call: str | None, method: str = "POST") -> tuple[str, bytes, int]:
    """What it answers, and how much of what was sent it has left unread."""
    heard: list[str] = []
    sent = io.BytesIO(b"Action=AllocateAddress")
    environ = {"REQUEST_METHOD": method, "CONTENT_LENGTH": "22", "wsgi.input": sent}
    if call:
        environ["HTTP_AMZ_SDK_INVOCATION_ID"] = call
    body = b"".join(application(environ, lambda status, headers: heard.append(status)))
    return heard[0], body, len(sent.read())


def test_a_call_that_is_tried_again_makes_nothing_twice() -> None:
    aws = Answers(Counting())

    assert ask(aws, "one") == ("200 OK", b"made 1", 22)
    # what nobody reads would have the connection reset
    assert ask(aws, "one") == ("200 OK", b"made 1", 0)
    assert ask(aws, "another")[1] == b"made 2"


@pytest.mark.parametrize(
    ("call", "method", "status"),
    [(None, "POST", "200 OK"), ("one", "PUT", "200 OK"), ("one", "POST", "503 Slow Down")],
)
def test_all_else_is_asked_anew(call: str | None, method: str, status: str) -> None:
    aws = Answers(Counting(status))
    ask(aws, call, method)

    assert ask(aws, call, method)[:2] == (status, b"made 2")


def test_not_all_is_remembered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "REMEMBERED", 2)
    aws = Answers(Counting())
    for call in ("one", "two", "three"):
        ask(aws, call)

    assert ask(aws, "three")[1] == b"made 3"
    assert ask(aws, "one")[1] == b"made 4"


def test_the_lab_s_aws_knows_a_call_by_the_name_that_a_client_gives_it(lab_aws: LabAws) -> None:
    client = lab_aws.as_scripts_see_it().client("ec2", REGION)

    def name_it(request: Any, **_: Any) -> None:
        request.headers["amz-sdk-invocation-id"] = "allocated-once"

    client.meta.events.register("before-send.ec2.AllocateAddress", name_it)
    first, second = (client.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2))
    client.release_address(AllocationId=first)

    assert first == second
