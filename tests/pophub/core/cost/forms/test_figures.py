"""The single figures of every form: phrases that say what is meant, and the same figure for people and programs."""

from __future__ import annotations

from pophub.core.cost.forms.figures import DOES, facts
from pophub.core.cost.report import Report
from pophub.core.cost.steps import STEPS


def test_the_facts_say_where_it_ends(running_report: Report) -> None:
    told = dict(facts(running_report))

    assert told["forecast to 12 March"].endswith("always on")
    assert told["now"].startswith("the machine runs; 2.09 an hour")


def test_the_facts_tell_each_step_of_the_budget_below_it(stepped_report: Report) -> None:
    names = [name for name, _ in facts(stepped_report)]
    told = dict(facts(stepped_report))

    assert names[1:5] == ["budget", "at 80 % of it", "at 90 % of it", "at 95 % of it"]
    assert told["at 80 % of it"] == "2027-03-01 17:15, 17.60 of 22.00 spent: the organizer is told"
    assert told["at 90 % of it"] == "time not known, not known of 22.00 spent: idle times are halved"


def test_each_step_that_the_watch_knows_has_its_words() -> None:
    assert tuple(DOES) == STEPS


def test_the_facts_of_what_is_gone_name_no_forecast(finished_report: Report) -> None:
    told = dict(facts(finished_report))

    assert not [name for name in told if name.startswith("forecast")]
    assert told["now"] == "the hub is destroyed and costs nothing any more"


def test_the_facts_of_an_event_with_workers_count_them(workers_report: Report, running_report: Report) -> None:
    told = dict(facts(workers_report))

    assert told["now"].startswith("the hub's machine runs, and 1 worker; ")
    assert told["workers"] == "3 in all, 3 at most at once; 17.5 hours together"
    assert told["the hub's machine"].startswith("8.5 hours on")
    assert "workers" not in dict(facts(running_report))
