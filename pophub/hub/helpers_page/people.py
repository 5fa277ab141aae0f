"""The page's line for each person, made from facts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pophub.core.contract import is_expected

JsonObject = dict[str, Any]
# a home or a server's memory counts as nearly full from this used share on
NEARLY_FULL = 0.9


class State(StrEnum):
    """A server's state. `NEVER`: the person is on the roster, has not signed in yet, and no server was started ahead."""

    RUNNING = "running"
    STARTING = "starting"
    STOPPING = "stopping"
    OFF = "off"
    NEVER = "never came"


@dataclass(frozen=True, slots=True)
class Use:
    """How much of something is used, in bytes; `limit` is None if it is not known."""

    used: int
    limit: int | None

    @property
    def is_nearly_full(self) -> bool:
        return self.limit is not None and self.used >= NEARLY_FULL * self.limit


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that the hub's API does not have, by user name. A user who is missing in a map is not known there."""

    memory: Mapping[str, Use] = field(default_factory=dict)
    homes: Mapping[str, Use] = field(default_factory=dict)
    # why the last server ended by itself, if no other has run since
    errors: Mapping[str, str] = field(default_factory=dict)
    # the roster: user name → the person's name
    roster: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the page. Times are ISO 8601 in UTC; None means not known, or never."""

    user: str
    name: str
    state: State
    since: str | None
    last_activity: str | None
    memory: Use | None
    home: Use | None
    problem: str
    helper: bool
    guest: bool


def people(users: Sequence[JsonObject], facts: Facts) -> list[Person]:
    """Everybody: first people with a problem, then people with a server, then the others; each group by name."""
    known = [_person(user, facts) for user in users]
    names = {person.user for person in known}
    missing = [
        Person(user, name, State.NEVER, None, None, None, None, "", helper=False, guest=False)
        for user, name in facts.roster.items()
        if user not in names
    ]
    return sorted([*known, *missing], key=_order)


def as_json(person: Person) -> JsonObject:
    """A line as JSON data."""
    return asdict(person)


def _order(person: Person) -> tuple[int, str]:
    if person.problem:
        return 0, person.user
    return {State.OFF: 2, State.NEVER: 3}.get(person.state, 1), person.user


def _person(user: JsonObject, facts: Facts) -> Person:
    name = str(user["name"])
    server = (user.get("servers") or {}).get("")
    memory = facts.memory.get(name) if server else None
    home = facts.homes.get(name)
    # the server of somebody who is only expected tells of an activity that is nobody's
    active = None if is_expected(user) else user.get("last_activity")
    state = State.NEVER if server is None and active is None and name in facts.roster else _state(server)
    return Person(
        name,
        facts.roster.get(name, ""),
        state,
        server and server.get("started"),
        active,
        memory,
        home,
        _problem(state, memory, home, facts.errors.get(name, "")),
        bool(user.get("admin")) or "helper" in user.get("roles", ()),
        "guests" in user.get("groups", ()),
    )


def _state(server: JsonObject | None) -> State:
    if server is None:
        return State.OFF
    pending = server.get("pending")
    if pending == "stop":
        return State.STOPPING
    return State.STARTING if pending or not server.get("ready") else State.RUNNING


def _problem(state: State, memory: Use | None, home: Use | None, error: str) -> str:
    """The problem that a helper should look at; empty if there is none."""
    if error and state is not State.RUNNING:
        return error
    if home and home.is_nearly_full:
        return "the home is nearly full"
    if memory and memory.is_nearly_full:
        return "the server's memory is nearly full"
    return ""


def counts(found: Sequence[Person]) -> JsonObject:
    """The number of people, of problems, and of servers in each state."""
    return {
        "people": len(found),
        "problems": sum(bool(person.problem) for person in found),
        **{str(state): sum(person.state is state for person in found) for state in State},
    }
