"""People in a sentence."""

from __future__ import annotations

from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing, named, with_standing

PEOPLE = [Person("Ada", "", "ada", 2), Person("", "b@x.example", "", 3)]


def test_people_are_named_with_their_accounts() -> None:
    assert named(PEOPLE) == "Ada (ada), b@x.example"


def test_of_many_people_ten_are_named() -> None:
    assert named([Person("", "", f"p{n}", n) for n in range(13)]).endswith("p9 and 3 more")


def test_people_of_one_standing_keep_their_order() -> None:
    standings = {2: Standing.UNKNOWN, 3: Standing.NO_NAME}

    assert with_standing(PEOPLE, standings, Standing.NO_NAME) == [PEOPLE[1]]
