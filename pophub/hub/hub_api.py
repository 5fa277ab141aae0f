"""A client for JupyterHub's REST API with Python's standard library alone, used by cost-watch on the hub.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

# the hub returns at most this many users in one page, even if a larger limit is requested
PAGE = 200
# for all pages together; cost-watch looks again after a minute
POLL_SECONDS = 20.0
LONGEST_ANSWER_BYTES = 16 * 2**20
PAGINATED = "application/jupyterhub-pagination+json"
NOT_ALLOWED = (401, 403)
JsonObject = dict[str, Any]


class HubSilent(Exception):
    """The hub gave no complete answer: no answer, an error, a late one, or data of another form."""


class HubRefused(Exception):
    """The hub answers but does not accept the token. This does not mean that the hub is ill."""


@dataclass(frozen=True, slots=True)
class HubApi:
    """`url` is the hub's address, as in http://127.0.0.1:8000; `seconds` is the time limit for one call with all its requests."""

    url: str
    token: str
    seconds: float = POLL_SECONDS

    def users(self) -> list[JsonObject]:
        """Every user that the hub knows, with their servers.

        Raises:
            HubSilent: the hub gave no complete answer.
            HubRefused: the hub does not accept the token.
        """
        end = time.monotonic() + self.seconds
        users: dict[str, JsonObject] = {}
        offset: int | None = 0
        while offset is not None:
            page = self._json("GET", "/users?" + urlencode({"limit": PAGE, "offset": offset}), end)
            try:
                users |= {str(user["name"]): dict(user) for user in page["items"]}
                following, total = page["_pagination"]["next"], page["_pagination"]["total"]
                after = int(following["offset"]) if following else None
            except (KeyError, TypeError, ValueError) as error:
                raise HubSilent(f"a page of users lacks {error}") from error
            if after is not None and after <= offset:
                raise HubSilent("a page of users is followed by itself")
            offset = after
        if len(users) != total:
            raise HubSilent(f"{len(users)} of {total} users came")
        return list(users.values())

    def start(self, users: Iterable[str], expected: Collection[str] = ()) -> Iterator[tuple[str, str | None]]:
        """Start the users' servers and yield for each user what went wrong, or None. A running server is left alone.

        Those who are `expected` are people of the roster whom the hub may not know yet.
        Users that are not reached within `seconds` are not started and not yielded.
        """
        end = time.monotonic() + self.seconds
        for user in users:
            if time.monotonic() >= end:
                return
            try:
                if user in expected:
                    self._do("POST", f"/expected/{quote(user, safe='')}", (204,))
                self._start(user, end)
            except (HubSilent, HubRefused) as problem:
                yield user, str(problem)
            else:
                yield user, None

    def stop(self, user: str) -> None:
        """Ask the hub to stop the user's server; it may go on for some seconds.

        Raises:
            HubSilent, HubRefused: the hub does not do it.
        """
        self._do("DELETE", f"/users/{quote(user, safe='')}/server", (202, 204))

    def add(self, user: str) -> None:
        """Add a guest, who may then sign in.

        Raises:
            HubSilent, HubRefused: the hub does not do it, for example because there is this user already.
        """
        self._do("POST", f"/users/{quote(user, safe='')}", (201,))

    def _do(self, method: str, place: str, done: tuple[int, ...]) -> None:
        status, answer = self._ask(method, place, time.monotonic() + self.seconds)
        if status not in done:
            raise HubSilent(_message(answer) or f"{status}: {answer[:200]!r}")

    def delete(self, user: str) -> None:
        """Stop the user's server and delete the user; a user that is not there is deleted already.

        Raises:
            HubSilent: the hub has not done it, for example because the server still starts or stops.
            HubRefused: the hub does not accept the token.
        """
        self._do("DELETE", f"/users/{quote(user, safe='')}", (204, 404))

    def _start(self, user: str, end: float) -> None:
        status, answer = self._ask("POST", f"/users/{quote(user, safe='')}/server", end)
        # 400: the server runs already
        if status not in (201, 202, 400):
            raise HubSilent(_message(answer) or f"{status}: {answer[:200]!r}")

    def _json(self, method: str, place: str, end: float) -> JsonObject:
        status, answer = self._ask(method, place, end)
        if status != http.client.OK:
            raise HubSilent(f"{status}: {answer[:200]!r}")
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise HubSilent(f"no JSON: {answer[:200]!r}") from error
        if not isinstance(found, dict):
            raise HubSilent("not the pages that were asked for")
        return found

    def _ask(self, method: str, place: str, end: float) -> tuple[int, bytes]:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_left(end))
        headers = {"Authorization": f"token {self.token}", "Accept": PAGINATED, "Connection": "close"}
        try:
            connection.request(method, f"{where.path.rstrip('/')}/hub/api{place}", headers=headers)
            answer = connection.getresponse()
            content = _all_of(answer, end)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise HubSilent(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if answer.status in NOT_ALLOWED:
            raise HubRefused(f"{answer.status}: {content[:200]!r}")
        return answer.status, content


def _message(answer: bytes) -> str:
    """JupyterHub's own words for an error; empty if it gives none."""
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _all_of(answer: http.client.HTTPResponse, end: float) -> bytes:
    """The whole answer. The time limit also ends an answer that comes very slowly."""
    content = b""
    while chunk := answer.read1(65536):
        content += chunk
        if len(content) > LONGEST_ANSWER_BYTES:
            raise HubSilent("an answer without end")
        _left(end)
    if answer.length:
        raise HubSilent(f"{answer.length} bytes of an answer are missing")
    return content


def _left(end: float) -> float:
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise HubSilent("no answer in time")
    return seconds
