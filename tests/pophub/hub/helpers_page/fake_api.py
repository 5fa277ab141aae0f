"""The hub's API, played: people with servers that start and stop at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pophub.hub.hub_api import HubSilent

AT = "2027-03-01T17:00:00Z"


class FakeApi:
    """`running` and `known` are user names; `log` has what was done."""

    def __init__(self, known: Iterable[str] = (), running: Iterable[str] = ()) -> None:
        self.known, self.running = list(known), list(running)
        self.expected: list[str] = []
        self.log: list[str] = []
        self.asked = 0
        self.silent = False
        self.refuses = ""
        # how many times a stopped server is still listed
        self.lingers = 0

    def users(self) -> list[dict[str, Any]]:
        self.asked += 1
        if self.silent:
            raise HubSilent("no answer")
        server = {"ready": True, "pending": None, "started": AT, "user_options": {}}
        return [
            {
                "name": name,
                "servers": {"": server} if name in self.running else {},
                "last_activity": AT,
                "groups": ["expected"] if name in self.expected else [],
                "roles": ["user", "helper"] if name == "octocat" else ["user"],
            }
            for name in self.known
        ]

    def start(self, users: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        for user in users:
            self.log.append(f"start {user}")
            self.running.append(user)
            yield user, self.refuses or None

    def stop(self, user: str) -> None:
        self.log.append(f"stop {user}")
        if user in self.running and not self.lingers:
            self.running.remove(user)

    def add(self, user: str) -> None:
        if user in self.known:
            raise HubSilent(f"User {user} already exists")
        self.known.append(user)

    def delete(self, user: str) -> None:
        self.log.append(f"delete {user}")
        self.known.remove(user)
