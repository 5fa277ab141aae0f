"""Each participant's page has all that they need, nothing that is fetched, and a name that any disk takes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pophub.organizer.destroy.link_page import About, about, file_names, link_page
from pophub.organizer.destroy.links import Link
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

UNTIL = datetime(2027, 3, 19, 18, tzinfo=UTC)
ADA = Link("ada", "https://bucket.example/a?x=1&y=2", 12_345_678, 1203, 0, "geo-ada.tar.zst", "ada")
GEO = About("Geo Hackweek 2027", ("help@geo.example",), UNTIL, ZoneInfo("America/Los_Angeles"))


def test_it_says_whose_how_large_until_when_how_to_unpack_and_whom_to_ask() -> None:
    text = link_page(ADA, GEO)

    assert "<h1>Geo Hackweek 2027: your files</h1><p>for ada</p>" in text
    assert '<a class="button first" href="https://bucket.example/a?x=1&amp;y=2"' in text
    assert "12.3 MB packed, 1,203 files" in text
    assert "19 March 2027, 11:00 PDT at the latest" in text
    assert "<code>tar --zstd -xf geo-ada.tar.zst</code>" in text
    assert '<a href="mailto:help@geo.example">help@geo.example</a>' in text
    assert "not in it" not in text


def test_a_small_home_is_also_offered_as_a_zip() -> None:
    both = replace(ADA, zip_address="https://bucket.example/z?x=1&y=2", zip_name="geo-ada.zip", zip_bytes=9_000_000)
    text = link_page(both, GEO)

    assert 'href="https://bucket.example/z?x=1&amp;y=2" rel="noreferrer nofollow">Download geo-ada.zip</a>' in text
    assert "the same files as a zip, 9.0 MB" in text
    assert "take <code>geo-ada.zip</code>: right-click it" in text
    assert "In the zip links are left out" in text
    assert "Windows 11" not in text
    assert "zip" not in link_page(ADA, GEO)


def test_what_could_not_be_archived_is_said() -> None:
    assert "2 files or folders could not be read" in link_page(replace(ADA, problems=2), GEO)


def test_nothing_is_fetched_and_it_fits_a_telephone_by_day_and_night() -> None:
    text = link_page(ADA, GEO)

    assert "default-src 'none'" in text
    assert not re.search(r"<(script|img|link|iframe|object)|url\(|@import|src=", text)
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert "color-scheme: light dark" in text


def test_a_long_name_goes_on_in_the_next_line() -> None:
    text = link_page(replace(ADA, user="x" * 100), GEO)

    assert f"for {'x' * 24}<wbr>{'x' * 24}<wbr>" in text
    assert "x" * 25 not in text


def test_no_name_becomes_markup() -> None:
    evil = replace(ADA, user='<b onclick="x">', address='https://s/"><script>', file_name="<i>.zst", top="<u>")
    text = link_page(evil, replace(GEO, title="<em>", contact=('"><s>@geo.example',)))

    assert not re.search(r"<(b|i|u|s|em|script)\b", text)
    assert 'https://s/"' not in text


def test_without_the_events_file_it_is_known_by_its_name() -> None:
    lost = about("geo", None, UNTIL)

    assert "<h1>geo: your files</h1>" in link_page(ADA, lost)
    assert "Whoever gave you this page." in link_page(ADA, lost)
    assert about("geo", load_event(EXAMPLE_EVENT), UNTIL).title == "Geo Hackweek 2027"


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("ada", "ada.html"),
        ("carol-x", "carol-x.html"),
        ("../../etc/passwd", "etc-passwd.html"),
        (".hidden", "hidden.html"),
        ("ada@uni.example", "ada-uni-example.html"),
        ("a\x00b\nc", "a-b-c.html"),
        ("\u00e9\u00e9", "participant.html"),
        ("..", "participant.html"),
        ("x" * 400, f"{'x' * 60}.html"),
    ],
)
def test_a_page_s_name_is_fit_for_a_file(user: str, name: str) -> None:
    assert file_names([user], "html") == [name]


def test_no_two_have_one_page_also_where_case_does_not_count() -> None:
    names = file_names(["ada", "Ada", "ada-2", "ADA", "..", "\u00e9"], "html")

    assert len({name.lower() for name in names}) == 6
    assert names[0] == "ada.html"
