"""Whether the people of a roster can sign in, and sentences that name them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pophub.organizer.people.roster import Person

# at most this many names in one sentence; `pophub roster` lists all
NAMES_SHOWN = 10


class Standing(StrEnum):
    """`UNKNOWN`: the provider gave no answer. `NO_NAME`: the roster has no account of the person."""

    ADMITTED = "can sign in"
    NOT_ADMITTED = "is not admitted yet"
    NO_ACCOUNT = "has an account that does not exist"
    NO_NAME = "has no account in the roster"
    UNKNOWN = "may sign in or not: the provider does not say"


# person's line in the roster → standing
Standings = Mapping[int, Standing]


def with_standing(people: Sequence[Person], standings: Standings, which: Standing) -> list[Person]:
    """The people of one standing, in the order of the roster."""
    return [person for person in people if standings[person.line] is which]


def named(people: Sequence[Person]) -> str:
    """The people in a sentence; at most ten by name."""
    further = len(people) - NAMES_SHOWN
    names = ", ".join(_named(person) for person in people[:NAMES_SHOWN])
    return names + (f" and {further} more" if further > 0 else "")


def _named(person: Person) -> str:
    return f"{person.name} ({person.account})" if person.name and person.account else person.title
