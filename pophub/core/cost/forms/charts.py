"""The report's charts as SVG, each for a given width, with a text alternative. They only draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from pophub.core.calendar import Window
from pophub.core.cost.forms import svg
from pophub.core.cost.forms.figures import local
from pophub.core.cost.money import apportioned, shown
from pophub.core.cost.report import Report
from pophub.core.cost.rows import HUB, day_starts
from pophub.core.cost.spans import clipped

LEFT, RIGHT, TOP, BOTTOM = 40, 14, 14, 24
HEIGHT = 230
# the room that a date needs, in pixels
DATE_WIDTH = 54
ROW = 24
NARROW = 500
QUARTER = timedelta(minutes=15)


def spending(report: Report, width: int, class_: str) -> str:
    """The spending over time, the budget, and the forecast as a cone."""
    cone = report.forecast.cone if report.forecast else ()
    last = cone[-1] if cone else None
    end = last[0] if last else report.until
    most = max(report.basis.budget, report.usd or Decimal(0), *(point[3] for point in cone))
    frame = _Frame(report, width, (report.since, end), float(most))
    parts = [*frame.grid(), *frame.days()]
    if cone:
        upper, lower = [frame.at(it[0], it[3]) for it in cone], [frame.at(it[0], it[1]) for it in cone]
        parts.append(svg.path([*upper, *reversed(lower)], "cone", closed=True))
        parts.append(svg.path([frame.at(it[0], it[2]) for it in cone], "expected"))
    curve = [frame.at(at, usd) for at, usd in report.curve]
    if curve:
        floor = [(curve[-1][0], frame.y(0)), (curve[0][0], frame.y(0))]
        parts += [svg.path([*curve, *floor], "area", closed=True), svg.path(curve, "spent")]
        parts.append(svg.element("circle", cx=curve[-1][0], cy=curve[-1][1], r=3.5, class_="now"))
    limit = frame.y(float(report.basis.budget))
    parts.append(svg.line((LEFT, limit), (width - RIGHT, limit), "limit"))
    parts.append(svg.words(f"budget {shown(report.basis.budget, 0)}", LEFT + 4, limit - 5, "label limit-label"))
    summary = f"Spent {shown(report.usd)} of a budget of {shown(report.basis.budget)} by {_day(report, report.until)}."
    if last:
        summary += (
            f" By {_day(report, last[0])} it will be {shown(last[2])}, between {shown(last[1])} and {shown(last[3])}."
        )
    return svg.chart(width, HEIGHT, summary, parts, class_)


def running(report: Report, width: int, class_: str) -> str:
    """One row of 24 hours for each day: when the machine ran, and when the sessions were."""
    days = _days_worth_showing(report)
    left = 78
    x = svg.Scale(0, 24, left, width - RIGHT)
    bottom = TOP + ROW * len(days)
    parts = []
    for hour in range(0, 25, 3 if width > NARROW else 6):
        parts.append(svg.line((x(hour), TOP), (x(hour), bottom), "grid"))
        parts.append(svg.words(f"{hour:02}", x(hour), bottom + 16, anchor="middle"))
    for row, (day, span) in enumerate(days):
        middle = TOP + ROW * row + ROW / 2
        parts.append(svg.words(f"{day:%a %-d %b}", left - 8, middle + 4, anchor="end"))
        for height, kind, spans in ((20, "session", report.basis.sessions), (9, "on", report.on)):
            for part in clipped(spans, *span):
                first, last, about = _hours(report, part)
                place = (x(first), middle - height / 2, max(x(last) - x(first), 1), height)
                parts.append(svg.bar(*place, kind, about=f"{kind} {about}"))
    use = report.use
    machine = HUB if report.machines else "the machine"
    stretches = f"{use.hours_on:,.1f} hours in {len(report.on)} stretches"
    summary = f"{machine.capitalize()} ran {stretches} and stood still for {use.hours_off:,.1f}."
    return svg.chart(width, bottom + BOTTOM, summary, parts, class_)


def by_day(report: Report, width: int, class_: str) -> str:
    most = max((row.usd for row in report.days), default=Decimal(0))
    frame = _Frame(report, width, (report.since, report.until), float(most))
    slot = (width - LEFT - RIGHT) / max(len(report.days), 1)
    parts = [*frame.grid()]
    every = max(1, round(DATE_WIDTH / slot + 0.49))
    # the same cents as in the table below the chart
    cents = apportioned([row.usd for row in report.days])
    for number, row in enumerate(report.days):
        left, top = LEFT + slot * number, frame.y(float(row.usd))
        about, middle = f"{row.what}: {shown(cents[number])}", left + slot / 2
        parts.append(svg.bar(left + slot * 0.14, top, slot * 0.72, frame.y(0) - top, "on", about=about))
        if slot > 40:
            parts.append(svg.words(shown(cents[number]), middle, top - 4, anchor="middle"))
        if number % every == 0:
            parts.append(svg.words(f"{date.fromisoformat(row.what):%-d %b}", middle, HEIGHT - 6, anchor="middle"))
    dearest = max(report.days, key=lambda row: row.usd, default=None)
    summary = f"{len(report.days)} days" + (
        f"; the dearest was {dearest.what} with {shown(dearest.usd)}." if dearest else "."
    )
    return svg.chart(width, HEIGHT, summary, parts, class_)


def people(report: Report, width: int, class_: str) -> str:
    """The number of people in each quarter of an hour, in front of the sessions. It ends soon after the last of both."""
    most = max((count for _, count in report.peaks), default=0)
    summary = f"{report.use.people} people came, at most {most} at once; {report.basis.participants} were planned for."
    return _counted(report, width, class_, _without_gaps(report), summary)


def workers(report: Report, width: int, class_: str) -> str:
    """The number of workers at each moment, in front of the sessions."""
    found = report.machines
    steps = found.workers_at_once if found else []
    summary = f"{len(found.workers)} workers ran, at most {found.most_workers} at once." if found else "No worker ran."
    return _counted(report, width, class_, [steps] if steps else [], summary)


def _counted(
    report: Report, width: int, class_: str, groups: Sequence[Sequence[tuple[Window, int]]], summary: str
) -> str:
    """Stretches of time with a number for each of their parts."""
    most = max((count for group in groups for _, count in group), default=0)
    sessions = clipped(report.basis.sessions, report.since, report.until)
    ends = [*(it.end for it in sessions), *(group[-1][0].start for group in groups)]
    frame = _Frame(
        report, width, (report.since, min(max([report.since, *ends]) + timedelta(hours=6), report.until)), float(most)
    )
    parts = []
    for session in sessions:
        left, right = frame.x(_seconds(session.start)), frame.x(_seconds(session.end))
        parts.append(svg.bar(left, TOP, right - left, frame.y(0) - TOP, "session", round_=0))
    parts += [*frame.grid(), *frame.days()]
    for group in groups:
        steps = [frame.at(edge, Decimal(count)) for span, count in group for edge in (span.start, span.end)]
        outline = [(steps[0][0], frame.y(0)), *steps, (steps[-1][0], frame.y(0))]
        parts.append(svg.path(outline, "people", closed=True))
    return svg.chart(width, HEIGHT, summary, parts, class_)


def _without_gaps(report: Report) -> list[list[tuple[Window, int]]]:
    """The quarters of hours with people, within the report's time, grouped into stretches without gaps."""
    groups: list[list[tuple[Window, int]]] = []
    for at, count in report.peaks:
        for span in clipped([Window(at, at + QUARTER)], report.since, report.until):
            if groups and groups[-1][-1][0].end == span.start:
                groups[-1].append((span, count))
            else:
                groups.append([(span, count)])
    return groups


class _Frame:
    """The axes (time to the right, an amount upwards) and the grid lines."""

    def __init__(self, report: Report, width: int, span: tuple[datetime, datetime], top: float) -> None:
        self._report, self._width, self._span = report, width, span
        self._ticks = svg.ticks(top * 1.04, 5)
        self.x = svg.Scale(_seconds(span[0]), _seconds(span[1]), LEFT, width - RIGHT)
        self.y = svg.Scale(0, self._ticks[-1], HEIGHT - BOTTOM, TOP)

    def at(self, moment: datetime, amount: Decimal) -> svg.Point:
        return self.x(_seconds(moment)), self.y(float(amount))

    def grid(self) -> Iterator[str]:
        for tick in self._ticks:
            yield svg.line((LEFT, self.y(tick)), (self._width - RIGHT, self.y(tick)), "grid")
            yield svg.words(f"{tick:,g}", LEFT - 6, self.y(tick) + 4, anchor="end")

    def days(self) -> Iterator[str]:
        """A tick and a date at the midnights, as many as there is room for."""
        starts = day_starts(*self._span, self._report.basis.zone)
        room = max(1, (self._width - LEFT - RIGHT) // DATE_WIDTH)
        every = -(-len(starts) // room) if starts else 1
        for number, start in enumerate(starts):
            x = self.x(_seconds(start))
            if number % every == 0 and x < self._width - RIGHT - DATE_WIDTH / 3:
                yield svg.line((x, self.y(0)), (x, self.y(0) + 4), "tick")
                yield svg.words(f"{local(self._report, start):%-d %b}", x, HEIGHT - 6, anchor="middle")


def _days_worth_showing(report: Report) -> Sequence[tuple[date, tuple[datetime, datetime]]]:
    """The days with a session or a run, each from midnight to midnight, within the report's time."""
    zone = report.basis.zone
    midnights = day_starts(report.since - timedelta(days=1), report.until + timedelta(days=1), zone)
    days = [(local(report, start).date(), (start, end)) for start, end in pairwise(midnights)]
    return [(day, span) for day, span in days if clipped((*report.on, *report.basis.sessions), *span)]


def _hours(report: Report, span: Window) -> tuple[float, float, str]:
    """Start and end as hours of one local day, and both as text."""
    start, end = local(report, span.start), local(report, span.end)
    last = end.hour + end.minute / 60 if end.date() == start.date() else 24.0
    return start.hour + start.minute / 60, last, f"{start:%H:%M} to {end:%H:%M}"


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _day(report: Report, moment: datetime) -> str:
    return f"{local(report, moment):%-d %B}"
