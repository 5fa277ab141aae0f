"""JupyterHub's REST API, as the hub's own watch asks it: everybody who is known, whole or not at all. It needs only Python.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

# the hub gives no more at once, whatever is asked for
PAGE = 200
# all pages together; the watch looks again after a minute
LOOK_SECONDS = 20.0
LONGEST_ANSWER_BYTES = 16 * 2**20
PAGINATED = "application/jupyterhub-pagination+json"
NOT_ALLOWED = (401, 403)
JsonObject = dict[str, Any]


class HubSilent(Exception):
    """There was no complete answer: none at all, an error, too late, or something else than was asked for."""


class HubRefused(Exception):
    """The hub answers, but not to this token: nothing is known, also not that it is ill."""


@dataclass(frozen=True, slots=True)
class HubApi:
    """`url` is where the hub's pages are, as in http://127.0.0.1:8000; `seconds` are for all that one call asks."""

    url: str
    token: str
    seconds: float = LOOK_SECONDS

    def users(self) -> list[JsonObject]:
        """Everybody whom the hub knows, with their servers.

        Raises:
            HubSilent, HubRefused: see there.
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

    def start(self, users: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        """Have their servers started, and tell of each what went wrong; one that runs or starts already is left alone.

        Whose turn would come after `seconds` is not asked for, and not told of.
        """
        end = time.monotonic() + self.seconds
        for user in users:
            if time.monotonic() >= end:
                return
            try:
                self._start(user, end)
            except (HubSilent, HubRefused) as problem:
                yield user, str(problem)
            else:
                yield user, None

    def _start(self, user: str, end: float) -> None:
        status, answer = self._ask("POST", f"/users/{quote(user, safe='')}/server", end)
        # 400: it runs already
        if status not in (201, 202, 400):
            raise HubSilent(f"{status}: {answer[:200]!r}")

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


def _all_of(answer: http.client.HTTPResponse, end: float) -> bytes:
    """The whole of it; a drop a second is no answer either."""
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
