"""The questions of `pophub new` as data."""

from __future__ import annotations

import re

from pophub.organizer.cli.new import new
from pophub.organizer.cli.new_questions import QUESTIONS
from pophub.organizer.login import PROVIDERS


def test_each_question_has_a_name_of_its_own() -> None:
    names = [question.name for question in QUESTIONS]

    assert len(names) == len(set(names)) > 10


def test_the_help_names_each_answer() -> None:
    listed = str(new.__doc__).partition("Answers by name: ")[2].partition(".")[0]

    assert re.split(r",\s+", listed) == [question.name for question in QUESTIONS]


def test_only_people_and_the_address_have_no_default() -> None:
    assert [question.name for question in QUESTIONS if question.default is None] == [
        *(provider.question.name for provider in PROVIDERS.values() if provider.question),
        "address",
    ]
