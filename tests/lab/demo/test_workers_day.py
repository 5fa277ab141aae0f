"""Who plays a day on workers. The day itself needs machines: tests/cloud_init/many_machines/test_workers.py has what it shows."""

from __future__ import annotations

import pytest

from lab.demo.workers_day import crew_of
from pophub.core.errors import PophubError
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.sections import Workers
from pophub.organizer.paths import WORKERS_EXAMPLE

EXAMPLE = load_event(WORKERS_EXAMPLE)


def test_there_is_one_person_more_than_a_worker_holds_and_all_are_members() -> None:
    crew = crew_of(EXAMPLE)

    assert len(crew.people) == 3
    assert all(crew.organization("genomecourse").has(name) for name in crew.people)


def test_they_are_of_the_team_where_only_a_team_is_let_in() -> None:
    github = EXAMPLE.login.github
    assert github is not None
    login = EXAMPLE.login.model_copy(update={"github": github.model_copy(update={"allow": ("lab:students",)})})
    crew = crew_of(EXAMPLE.model_copy(update={"login": login}))

    assert crew.organization("lab").has(crew.people[0], "students")


def test_a_worker_that_holds_too_many_is_refused_with_a_remedy() -> None:
    many = EXAMPLE.model_copy(update={"workers": Workers(type="r6i.16xlarge")})
    with pytest.raises(PophubError, match=r"r6i\.16xlarge holds \d+ servers, and only 6 people are played") as refused:
        crew_of(many)

    assert "workers.type" in refused.value.hint
