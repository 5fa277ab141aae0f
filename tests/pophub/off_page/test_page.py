"""What stands on the page, by what was decided."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from pophub.core.look import Brand
from pophub.off_page.decide import Decision, State
from pophub.off_page.page import moment_text, render
from tests.pophub.off_page.events import EVENING, make_facts

TUESDAY = make_facts().starts[1]


def shown(decision: Decision, *, path: str = "/", problem: str = "", **changes: object) -> str:
    return render(make_facts(**changes), decision, now=EVENING, path=path, seconds=100, problem=problem)


def test_it_says_until_when_the_hub_is_off_and_that_files_are_safe() -> None:
    page = shown(Decision(State.OFF, "", TUESDAY))

    assert "The hub is off until Tuesday 08:45. Your files are safe." in page
    assert "The hub is off. Your files are safe." in shown(Decision(State.OFF, "", None))


def test_it_names_the_sessions_to_come_the_guide_and_the_contact() -> None:
    page = shown(Decision(State.OFF, "", TUESDAY))

    assert re.findall("<li>(.*?)</li>", page) == ["Tuesday, 2 March, 09:00 to 17:30", "They stay."]
    assert '<a href="mailto:help@geo.example">' in page
    assert "America/Los_Angeles" in page


def test_an_event_without_a_contact_or_a_session_to_come_has_a_page_too() -> None:
    page = shown(Decision(State.OVER, "", None), contact=(), guide=(), sessions=make_facts().sessions[:1])

    assert "The event is over" in page
    assert "mailto" not in page
    assert "Monday, 1 March" in page


@pytest.mark.parametrize("state", [State.UP, State.STARTING, State.MISSING, State.USED_UP])
def test_every_state_has_its_own_sentence(state: State) -> None:
    page = shown(Decision(state, "", None))

    assert f'data-state="{state}"' in page
    assert {State.MISSING: "does not answer", State.USED_UP: "budget is used up"}.get(state, "is starting") in page


def test_the_button_comes_only_with_a_decision_for_it() -> None:
    assert '<form method="post" action="/pophub/wake">' in shown(Decision(State.OFF, None, None))
    assert "<form" not in shown(Decision(State.OFF, "Not today.", None))
    assert "Not today." in shown(Decision(State.OFF, "Not today.", None))


def test_whatever_people_wrote_is_text() -> None:
    page = shown(
        Decision(State.OFF, None, None),
        path='/"><script>alert(1)</script>',
        problem="<b>no</b>",
        title="<i>Geo</i> & $state",
        contact=('"<x>"@geo.example',),
        guide=(("<u>", ("<s>",)),),
    )

    assert page.count("<script>") == 1
    assert not re.search("<(b|i|x|u|s)>", page)
    assert "&lt;i&gt;Geo&lt;/i&gt; &amp; $state" in page


def test_it_has_the_events_colour_and_logo() -> None:
    page = shown(Decision(State.OFF, "", None), brand=Brand("#b34700", "data:image/png;base64,eA=="))

    assert "--brand: #b34700" in page
    assert '<img class="logo" src="data:image/png;base64,eA=="' in page


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (EVENING + timedelta(hours=1), "21:00"),
        (EVENING + timedelta(days=6), "Sunday 20:00"),
        (EVENING + timedelta(days=7), "Monday, 8 March, 20:00"),
        (datetime(2027, 3, 15, 4, tzinfo=UTC), "Sunday, 14 March, 21:00"),
    ],
)
def test_a_moment_is_named_as_people_do(moment: datetime, text: str) -> None:
    assert moment_text(moment, make_facts(), EVENING) == text
