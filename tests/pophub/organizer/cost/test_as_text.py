"""The report in a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from rich.console import Console

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms import Form
from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.as_markdown import as_markdown
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.report import Report, report
from pophub.organizer.cost.as_text import as_text
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines, week

MakeBasis = Callable[..., Basis]


def _text(found: Report, width: int = 110, **options: bool) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(as_text(found, **options))
    return captured.get()


def test_the_finished_event_reads_as_it_should() -> None:
    assert finished.written(Form.TEXT) == (finished.DOCS / "report.txt").read_text()


def test_the_words_about_the_finished_event_are_its_figures() -> None:
    words, told = ((finished.DOCS / name).read_text() for name in ("README.md", "report.txt"))
    figures = re.findall(r"\b\d+\.\d+\b", words.split("## What the report says")[1].split("## How")[0])

    assert len(figures) >= 7
    assert [figure for figure in figures if figure not in told] == []


def test_a_narrow_terminal_loses_no_letter(running_report: Report) -> None:
    narrow, wide = (sorted("".join(_text(running_report, width).split())) for width in (60, 200))

    assert narrow == wide


def test_many_participants_are_one_row_unless_asked_for(finished_report: Report) -> None:
    assert "53 participants" in _text(finished_report)
    assert "participant 53" in _text(finished_report, people=True)


def test_what_is_in_no_amount_makes_the_total_a_least(make_basis: MakeBasis) -> None:
    unpriced = lines(Boot().run(10, machine="m9i.large"), [*week()])

    assert "at least " in _text(report(unpriced, make_basis(), now=MONDAY + timedelta(days=6)))


def test_a_step_of_the_budget_is_told(stepped_report: Report) -> None:
    assert re.search(r"at 80 % of it +2027-03-01 17:15, 17.60 of 22.00 spent", _text(stepped_report))
    assert "- **at 80 % of it**: 2027-03-01 17:15, 17.60 of 22.00 spent" in as_markdown(stepped_report)


def test_an_empty_meter_shows_no_figure(make_basis: MakeBasis) -> None:
    found = report([], make_basis(), now=MONDAY)
    text = _text(found)

    assert "spent so far      not known" in text
    assert "nothing of the hub is metered" in text
    assert "note: the meter has no record" in text
    planned = {"budget", "estimated", "prices", "note:"}
    told = [line for line in text.splitlines()[1:] if not planned & set(line.split()[:1])]
    assert [line for line in told if re.search(r"\d", line)] == []
    assert "gone" not in text
    page = as_page(found)
    assert not re.search(r"<table|<svg|class=\"cards\"|\b0\.00\b|0 came", page + as_markdown(found))
    assert [as_json(found)[it] for it in ("use", "by_part", "by_whom", "by_day", "by_session")] == [
        None,
        [],
        [],
        [],
        [],
    ]
