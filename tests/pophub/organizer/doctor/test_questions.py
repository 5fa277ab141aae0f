"""The list of questions: each has its own words, and none waits longer than the whole may take."""

from __future__ import annotations

from pophub.organizer.doctor.questions import QUESTIONS


def test_no_question_is_there_twice() -> None:
    names = [(question.area, question.title) for question in QUESTIONS]

    assert len(names) == len(set(names)) > 15


def test_all_of_it_takes_less_than_twenty_seconds() -> None:
    assert max(question.seconds for question in QUESTIONS) < 20


def test_questions_of_an_area_stand_together() -> None:
    areas = [question.area for question in QUESTIONS]

    assert areas == sorted(areas, key=areas.index)
