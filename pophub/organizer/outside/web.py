"""Requests to public web servers without credentials: status, headers and body. It needs only Python.

`Web(reroute={"https://quay.io": "http://127.0.0.1:4000"})` sends requests for one server to another.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.error import HTTPError

from pophub.core.errors import ExitCode, PophubError

LARGEST_ANSWER_BYTES = 32 * 2**20
AGENT = "pophub"
AUTHORIZATION = "Authorization"


class Unreachable(PophubError):
    """No server answered at this address."""

    def __init__(self, url: str, why: object) -> None:
        super().__init__(f"{url} did not answer: {why}", hint="is the network up?", code=ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer with any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Web:
    """`seconds` limits each step of a connection; `reroute` maps one origin to another."""

    seconds: float = 8
    reroute: Mapping[str, str] = field(default_factory=dict)

    def get(self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> Answer:
        """One request; redirects are followed.

        Raises:
            Unreachable: no server answered, or its answer is not HTTP.
        """
        place = next((to + url.removeprefix(of) for of, to in self.reroute.items() if url.startswith(of)), url)
        request = urllib.request.Request(place, headers={"User-Agent": AGENT}, method=method)  # noqa: S310
        for name, value in (headers or {}).items():
            # a redirect to another server must not send the token there
            (request.add_unredirected_header if name == AUTHORIZATION else request.add_header)(name, value)
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310
                return Answer(answer.status, _lower(answer.headers), answer.read(LARGEST_ANSWER_BYTES))
        except HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read(LARGEST_ANSWER_BYTES))
        except (OSError, http.client.HTTPException, ValueError, ssl.SSLError) as error:
            raise Unreachable(url, getattr(error, "reason", None) or error) from error


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
