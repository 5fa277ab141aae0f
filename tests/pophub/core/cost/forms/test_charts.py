"""The four pictures: what they draw is what the report says, and whoever cannot see them is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms import charts
from pophub.core.cost.report import Report, report
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines, week

MakeBasis = Callable[..., Basis]
Draw = Callable[[Report, int, str], str]
ALL = [charts.spending, charts.running, charts.by_day, charts.people]


def _parts(picture: str, class_: str) -> list[ElementTree.Element]:
    return [it for it in ElementTree.fromstring(picture).iter() if it.get("class") == class_]


def test_the_pictures_say_in_words_what_they_show(finished_report: Report, running_report: Report) -> None:
    told = [ElementTree.fromstring(draw(finished_report, 840, "wide")).attrib["aria-label"] for draw in ALL]

    assert told == [
        "Spent 130.24 of a budget of 400.00 by 12 March.",
        "The machine ran 54.0 hours in 7 stretches and stood still for 230.0.",
        "13 days; the dearest was 2027-03-04 with 24.57.",
        "53 people came, at most 48 at once; 60 were planned for.",
    ]
    assert re.search(r"By 12 March it will be 1\d\d\.\d\d, between ", charts.spending(running_report, 840, "wide"))


def test_the_spending_has_a_cone_as_long_as_it_is_not_over(finished_report: Report, running_report: Report) -> None:
    assert [len(_parts(charts.spending(it, 840, "wide"), "cone")) for it in (finished_report, running_report)] == [0, 1]
    assert len(_parts(charts.spending(running_report, 840, "wide"), "limit")) == 1


def test_the_line_of_spending_rises_to_its_right(finished_report: Report) -> None:
    [line] = _parts(charts.spending(finished_report, 840, "wide"), "spent")
    points = [tuple(map(float, pair.split())) for pair in line.attrib["d"].removeprefix("M").split("L")]

    assert points == sorted(points, key=lambda point: (point[0], -point[1]))
    assert points[0][1] > points[-1][1]


def test_a_run_over_midnight_stands_on_two_days(make_basis: MakeBasis) -> None:
    found = report(lines(Boot().run(20)), make_basis(), now=MONDAY + timedelta(days=1))

    # 08:45 to midnight, and on until 04:45
    assert [float(bar.attrib["width"]) for bar in _parts(charts.running(found, 840, "wide"), "on")] == [
        pytest.approx((840 - 78 - 14) / 24 * hours, abs=0.1) for hours in (15.25, 4.75)
    ]


def test_only_days_with_a_session_or_a_run_have_a_row(finished_report: Report) -> None:
    labels = re.findall(r">(\w{3} \d+ \w{3})<", charts.running(finished_report, 840, "wide"))

    assert labels == ["Sun 28 Feb", "Mon 1 Mar", "Tue 2 Mar", "Wed 3 Mar", "Thu 4 Mar", "Fri 5 Mar"]


def test_every_day_has_its_bar_and_the_cents_of_the_table(finished_report: Report) -> None:
    bars = _parts(charts.by_day(finished_report, 840, "wide"), "on")

    assert len(bars) == 13
    assert bars[1].findtext("title") == "2027-03-01: 22.56"


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize("width", [358, 840])
def test_nothing_is_drawn_outside_of_the_picture(draw: Draw, width: int, running_report: Report) -> None:
    picture = draw(running_report, width, "wide")
    top = float(ElementTree.fromstring(picture).attrib["viewBox"].split()[3])

    for name, most in {"x": width, "x2": width, "cx": width, "y": top, "y2": top}.items():
        places = [float(it) for it in re.findall(rf' {name}="(-?[\d.]+)"', picture)]
        assert all(0 <= place <= most for place in places), name


@pytest.mark.parametrize("draw", ALL)
def test_a_report_of_nothing_or_of_a_moment_can_be_drawn(draw: Draw, make_basis: MakeBasis) -> None:
    for story in ([], lines(Boot().run(0)), lines([*week()])[:1]):
        assert draw(report(story, make_basis(), now=MONDAY), 840, "wide").startswith("<svg")


def test_a_year_has_no_more_dates_than_there_is_room_for(make_basis: MakeBasis) -> None:
    found = report(
        lines(Boot().run(2)), make_basis(), now=MONDAY + timedelta(days=360), gone=finished.GONE + timedelta(days=340)
    )
    dates = re.findall(r">\d+ \w{3}<", charts.by_day(found, 358, "narrow"))

    assert 2 <= len(dates) <= 7


def test_the_workers_at_each_moment_are_drawn_in_front_of_the_sessions(
    workers_report: Report, finished_report: Report
) -> None:
    picture = charts.workers(workers_report, 840, "wide")
    [outline] = _parts(picture, "people")

    assert ElementTree.fromstring(picture).attrib["aria-label"] == "3 workers ran, at most 3 at once."
    # born, one more, one less, one less and the moment of the report, each with both its edges, and the floor
    assert outline.attrib["d"].count("L") == 2 * 4 + 1
    assert _parts(picture, "session")
    assert "No worker ran." in charts.workers(finished_report, 840, "wide")
