"""Questions to GitHub or Google from the organizer's computer, before anything is deployed. It needs only Python."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Never
from urllib.error import HTTPError
from urllib.parse import urlencode

from pophub.core.errors import PophubError

# the limit for one question, which may take several requests
SECONDS = 5.0
LONGEST_REPLY_BYTES = 2**20
NO_CREDENTIALS = "the client id and secret are not in the environment"
NEEDS_CREDENTIALS = "the provider shows it only to the right client id and secret"
WITHOUT_CREDENTIALS = (NO_CREDENTIALS, NEEDS_CREDENTIALS)
# a reserved name that nobody can own: https://www.rfc-editor.org/rfc/rfc2606#section-2
FOREIGN_CALLBACK = "https://pophub.invalid/hub/oauth_callback"
# GitHub refuses requests without a user agent
AGENT = "pophub"


class AnswerKind(StrEnum):
    """`unknown` also means that no server answered; it never means no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """`subject` is what was asked about; `words` is the answer; `next_step` is empty if nothing is to be done."""

    subject: str
    kind: AnswerKind
    words: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An OAuth app's client id and secret. `repr` does not show the secret."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.client_id!r}, …)"


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer with any status; header names are lowercase."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty if it is not one."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Silent(PophubError):
    """No server answered, or the answer does not answer the question."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are not followed, because the redirect itself is the answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ask(
    url: str,
    form: Mapping[str, str] | None = None,
    *,
    basic: Credentials | None = None,
    token: str = "",
    seconds: float = SECONDS,
) -> Reply:
    """GET, or POST a form. Redirects are not followed; `seconds` limits each step of the connection.

    Raises:
        Silent: no server answered.
    """
    headers = {"User-Agent": AGENT, "Accept": "application/json"}
    if basic:
        pair = f"{basic.client_id}:{basic.client_secret}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    body = None if form is None else urlencode(form).encode()
    try:
        request = urllib.request.Request(url, body, headers)  # noqa: S310
        with urllib.request.build_opener(_Stay).open(request, timeout=seconds) as reply:
            return _read(reply.status, reply)
    except HTTPError as error:
        with error:
            return _read(error.code, error)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Silent(f"{url.partition('?')[0]} did not answer: {getattr(error, 'reason', None) or error}") from error


def _read(status: int, reply: Any) -> Reply:
    try:
        body = reply.read(LONGEST_REPLY_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise Silent(f"the answer broke off: {error}") from error
    return Reply(status, {name.lower(): value for name, value in reply.headers.items()}, body)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what it is about."""

    subject: str
    put: Callable[[], Answer]


def answer_all(questions: Sequence[Question], seconds: float = SECONDS) -> tuple[Answer, ...]:
    """Ask all at the same time; answers are in the order of the questions. A question without an answer in time is unknown."""
    answers: dict[int, Answer] = {}
    failures: dict[int, Exception] = {}

    def put(place: int, question: Question) -> None:
        try:
            answers[place] = question.put()
        except Silent as silent:
            answers[place] = unknown(question.subject, silent.problem)
        except Exception as error:
            failures[place] = error

    # daemon threads: a missing answer does not keep the program from ending
    threads = [threading.Thread(target=put, args=each, daemon=True) for each in enumerate(questions)]
    end = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
    for error in failures.values():
        raise error
    late = f"there was no answer within {seconds:g} seconds"
    return tuple(answers.get(place) or unknown(each.subject, late) for place, each in enumerate(questions))


def yes(subject: str, words: str, next_step: str = "") -> Answer:
    """The answer is yes."""
    return Answer(subject, AnswerKind.YES, words, next_step)


def no(subject: str, words: str, next_step: str) -> Answer:
    """The answer is no."""
    return Answer(subject, AnswerKind.NO, words, next_step)


def unknown(subject: str, words: str, next_step: str = "") -> Answer:
    """The question could not be asked, or cannot be answered from outside."""
    return Answer(subject, AnswerKind.UNKNOWN, words, next_step or "try again later")


def silent(words: str) -> Never:
    """The provider's reply does not answer the question.

    Raises:
        Silent: always.
    """
    raise Silent(words)
