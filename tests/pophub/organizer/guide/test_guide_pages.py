"""The participant guide as Markdown and as data: the same words, and none of them a command."""

from __future__ import annotations

from collections.abc import Callable

from lab.plans import plan_of
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide_pages import as_json, as_markdown

MakeEvent = Callable[..., Event]


def test_markdown_shows_the_organizers_words_as_they_are(make_event: MakeEvent) -> None:
    text = as_markdown(plan_of(make_event(title="Geo *<Hackweek>* & [Friends](x)")))

    assert text.startswith("# Geo \\*\\<Hackweek\\>\\* \\& \\[Friends\\](x): how to use the hub\n")


def test_markdown_has_links_where_there_are_addresses(make_event: MakeEvent) -> None:
    text = as_markdown(plan_of(make_event(server={"content": "https://github.com/geo_hack/tutorials"})))

    assert "- The hub is at <https://hub.geohackweek.example.org>. All" in text
    assert "<https://github.com/geo_hack/tutorials> each" in text
    assert "<organizers@geohackweek.example.org>. Say" in text


def test_json_and_markdown_say_the_same(make_event: MakeEvent) -> None:
    event = make_event()
    data, text = as_json(plan_of(event)), as_markdown(plan_of(event))

    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        it["title"] for it in data["sections"]
    ]
    assert text.count("\n- ") == sum(len(section["sentences"]) for section in data["sections"]) > 20
