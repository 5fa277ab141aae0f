"""Each person gets the event's own promises in plain text, and the organizer a table for a mail merge."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from lab.plans import plan_of
from pophub.organizer.destroy.links import Link
from pophub.organizer.guide.guide import guide
from pophub.organizer.people.letters import LIST, as_files, letters, letters_with_links
from pophub.organizer.people.occasion import Occasion
from pophub.organizer.people.roster import Person
from tests.pophub.conftest import MakeEvent

ADA = Person("Ada Lovelace", "ada@uni.example", "Octocat", 2)
UNKNOWN = Person("Zoë", "zoe@uni.example", "", 3)
PEOPLE = (ADA, UNKNOWN)
UNTIL = datetime(2027, 3, 20, 2, tzinfo=UTC)
LINK = Link("octocat", "https://bucket.example/a?b=c", 12_345_678, 1234, 2, "geo-octocat.tar.zst", "octocat")
WRITTEN = [occasion for occasion in Occasion if occasion is not Occasion.FILES]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("occasion", WRITTEN)
def test_a_letter_says_only_what_the_guide_promises(make_event: MakeEvent, occasion: Occasion) -> None:
    plan = plan_of(make_event().with_people(PEOPLE))
    promises = [sentence.text for section in guide(plan) for sentence in section.sentences]
    for letter in letters(plan, occasion):
        items = [flat(item) for item in letter.body.split("\n- ")[1:]]
        # an item ends at an empty line
        assert all(any(item.startswith(flat(promise)) for promise in promises) for item in items)
        assert max(len(line) for line in letter.text.splitlines()) <= 76
        assert "Questions? Write to organizers@geohackweek.example.org." in letter.body


def test_an_invitation_says_which_account_is_known_and_asks_for_one_that_is_not(make_event: MakeEvent) -> None:
    known, unknown = letters(plan_of(make_event().with_people(PEOPLE)), Occasion.INVITATION)

    assert known.text.startswith("To: ada@uni.example\nSubject: Geo Hackweek 2027: what you need before the first")
    assert "Hello Ada Lovelace,\n" in known.body
    assert "We have noted your account as Octocat." in known.body
    assert "We do not know your account yet" in flat(unknown.body)
    assert "https://hub.geohackweek.example.org/hub/guide" in known.body


def test_the_day_before_names_the_beginning(make_event: MakeEvent) -> None:
    [letter] = letters(plan_of(make_event()), Occasion.DAY_BEFORE)

    assert letter.subject == "Geo Hackweek 2027 begins on Monday 1 March 2027 at 09:00"
    assert letter.body.startswith("Hello,\n\nGeo Hackweek 2027 is about to begin.\n\nWhere and when:\n- The hub is at")
    assert "account" not in letter.text.partition("\n")[0]


def test_the_last_day_says_what_becomes_of_the_files(make_event: MakeEvent) -> None:
    [letter] = letters(plan_of(make_event()), Occasion.LAST_DAY)

    assert "Friday 12 March 2027 is the last day of the hub." in letter.body
    assert "a copy of everybody's files for 90 days more" in flat(letter.body)


def test_a_letter_with_files_has_its_own_link(make_event: MakeEvent) -> None:
    event = make_event().with_people(PEOPLE)
    zipped = ("https://bucket.example/z", "geo-guest.zip", 2_000_000)
    stranger = Link("guest", "https://bucket.example/g", 1, 1, 0, "geo-guest.tar.zst", "guest", *zipped)
    ada, guest = letters_with_links(event, [LINK, stranger], UNTIL)

    assert (ada.person, ada.link) == (ADA, LINK.address)
    assert f"\n\n{LINK.address}\n\n" in ada.body
    assert "12.3 MB (1,234 files)" in flat(ada.body)
    assert "Friday 19 March 2027, 19:00 PDT, at the latest" in flat(ada.body)
    assert "2 files or folders could not be archived" in ada.body
    assert "tar --zstd -xf geo-octocat.tar.zst" in ada.body
    assert "zip" not in ada.body
    assert (guest.person.mail, guest.person.account) == ("", "guest")
    assert "The same files as a zip, of 2.0 MB:\n\nhttps://bucket.example/z\n" in guest.body
    assert "take geo-guest.zip: right-click it, Extract All" in flat(guest.body)


def test_files_and_table_agree(make_event: MakeEvent) -> None:
    written = letters(plan_of(make_event().with_people(PEOPLE)), Occasion.INVITATION)
    files = as_files(written)
    rows = list(csv.DictReader(io.StringIO(files[LIST])))

    assert sorted(files) == [LIST, "octocat.txt", "zo.txt"]
    assert files["octocat.txt"] == written[0].text
    assert [(row["name"], row["mail"], row["text"]) for row in rows] == [
        (letter.person.name, letter.person.mail, letter.body) for letter in written
    ]


def test_two_people_of_one_name_have_two_files(make_event: MakeEvent) -> None:
    twins = (Person("Ada", "a@x.example", "", 2), Person("Ada", "b@x.example", "", 3))

    assert len(as_files(letters(plan_of(make_event().with_people(twins)), Occasion.INVITATION))) == 3
