"""The page's data, computed at a request and kept for some seconds, so that many viewers cost as much as one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

from pophub.core.contract import is_pretended
from pophub.core.errors import PophubError
from pophub.hub.helpers_page.machine import GIB, Machine
from pophub.hub.helpers_page.people import Facts, Use, as_json, counts, people
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.this_machine import moment

JsonObject = dict[str, Any]
KEPT_SECONDS = 3.0


class Snapshots:
    """Several threads may ask at the same time; one of them reads, and the others get its result."""

    def __init__(
        self,
        machine: Machine,
        clock: Callable[[], datetime] = lambda: moment().at,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._machine, self._clock, self._seconds = machine, clock, seconds
        self._lock = Lock()
        self._made: tuple[float, JsonObject] | None = None

    def get(self, api: HubApi) -> JsonObject:
        """The page's data; `api` asks the hub with the viewer's own token.

        Raises:
            PophubError: the hub does not answer.
        """
        with self._lock:
            if self._made is None or self._seconds() - self._made[0] >= KEPT_SECONDS:
                self._made = (self._seconds(), snapshot(_users(api), self._machine, self._clock()))
            return self._made[1]

    def forget(self) -> None:
        """Read again at the next request, because an action has changed something."""
        with self._lock:
            self._made = None


def _users(api: HubApi) -> list[JsonObject]:
    """Every user except the people of a rehearsal."""
    try:
        return [user for user in api.users() if not is_pretended(str(user["name"]))]
    except (HubSilent, HubRefused) as error:
        raise PophubError(f"the hub gives no list of people ({error})", hint="reload the page in a minute") from error


def snapshot(users: list[JsonObject], machine: Machine, now: datetime) -> JsonObject:
    """Everybody with their server, the machine, and cost-watch's last decision."""
    event, sizes = machine.event(), machine.sizes()
    server = event.get("server", {})
    limits = {str(user["name"]): _limit(user, sizes, float(server.get("memory_gib", 0))) for user in users}
    memory = {user: Use(used, limits.get(user)) for user, used in machine.memory(now).items()}
    names = [str(user["name"]) for user in users]
    found = people(
        users,
        Facts(
            memory,
            machine.room(names, float(server.get("home_gib", 0))),
            machine.errors(),
            event.get("people", {}),
        ),
    )
    on_workers = bool(event.get("workers"))
    # servers use nothing of a hub that has workers
    available = None if on_workers else machine.available()
    return {
        "at": now.isoformat(timespec="seconds"),
        "title": event.get("title", ""),
        "timezone": event.get("timezone", "UTC"),
        "server_limit": event.get("server_limit"),
        "counts": counts(found),
        "memory": available and {"used": available.used, "limit": available.limit},
        "workers": machine.workers(now) if on_workers else None,
        "watch": machine.decision(now),
        "message": machine.message(),
        "people": [as_json(person) for person in found],
    }


def _limit(user: JsonObject, sizes: Any, standard_gib: float) -> int | None:
    server = (user.get("servers") or {}).get("") or {}
    size = (server.get("user_options") or {}).get("size", "")
    gib = sizes.get(size, standard_gib) if size else standard_gib
    return int(gib * GIB) or None
