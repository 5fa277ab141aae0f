"""The roster beside the provider's answers and the meter: who can sign in, and who came."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console

from pophub.organizer.people.attendance import as_json, as_text, together
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing

PEOPLE = [
    Person("Ada", "a@x.example", "Octocat", 2),
    Person("Grace", "", "ghopper", 3),
    Person("Zoë", "z@x.example", "", 4),
]
STANDINGS = {2: Standing.ADMITTED, 3: Standing.NOT_ADMITTED, 4: Standing.NO_NAME}
HOURS = {"octocat": Decimal("12.345"), "walk-in": Decimal(1)}


def name(person: Person) -> str:
    return person.account.lower()


def printed(found: object) -> list[str]:
    console = Console(width=100, no_color=True)
    with console.capture() as text:
        console.print(found)
    return [line.rstrip() for line in text.get().splitlines()]


def test_everybody_is_in_the_table_and_counted() -> None:
    lines = printed(as_text(together(PEOPLE, name, STANDINGS, HOURS)))

    assert [line.split() for line in lines[1:5]] == [
        ["Ada", "Octocat", "can", "sign", "in", "12.3"],
        ["Grace", "ghopper", "is", "not", "admitted", "yet", "-"],
        ["Zoë", "-", "has", "no", "account", "in", "the", "roster", "-"],
        ["walk-in", "came,", "and", "is", "not", "on", "the", "roster", "1.0"],
    ]
    assert lines[5:] == [
        "1 of 3 came, and 1 others",
        "1 of 3: can sign in",
        "1 of 3: is not admitted yet",
        "1 of 3: has no account in the roster",
    ]


def test_what_is_not_known_is_null_and_its_reason_is_told() -> None:
    facts = as_json(together(PEOPLE[:1], name, {}, None, ["not known who came: no meter"]))

    assert facts["people"][0]["hours"] is None
    assert facts["people"][0]["standing"] is None
    assert facts["notes"] == ["not known who came: no meter"]


def test_whoever_is_not_on_the_roster_is_listed_apart() -> None:
    assert as_json(together(PEOPLE, name, STANDINGS, HOURS))["not_on_the_roster"] == {"walk-in": 1.0}
