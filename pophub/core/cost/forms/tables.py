"""The report's tables as text, for every format that people read: cents that add up, hours, days. No markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pophub.core.cost.forms.figures import local
from pophub.core.cost.machines import MachineRow
from pophub.core.cost.money import apportioned, shown
from pophub.core.cost.reconcile import Reconciled
from pophub.core.cost.report import Report
from pophub.core.cost.rows import PersonRow, Row, TimeRow

# more participants than this become one row; formats that can fold a table also show each of them
MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its head, its rows and its total as the last row. The first column is text, the others are figures."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


def sheets(report: Report, *, people: bool) -> Iterator[Sheet]:
    """Every table of the report; no table if the total is not known.

    Without `people`, many participants become one row.
    """
    currency = report.basis.tariff.currency
    if report.usd is None:
        return
    yield _sheet("parts", "What was paid for", ("", currency), report.parts)
    if report.machines:
        yield _by_machine(report.machines.rows, currency)
    yield _by_whom(report, currency, people=people)
    yield _by_time("days", "Day by day", report.days, currency)
    yield _by_time("sessions", "Session by session", report.sessions, currency)
    if report.reconciled:
        yield from _compared(report.reconciled, currency)


def span(report: Report) -> str:
    """The first and the last moment of the report."""
    first, last = local(report, report.since), local(report, report.until)
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M %Z}"


def _sheet(name: str, title: str, head: tuple[str, ...], rows: Sequence[Row]) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple((row.what, shown(cent)) for row, cent in zip(rows, cents, strict=True))
    return Sheet(name, title, head, cells, ("total", shown(sum(cents, Decimal(0)))))


def _by_whom(report: Report, currency: str, *, people: bool) -> Sheet:
    """Rounds all rows once, so that one row for many participants costs what their single rows cost together."""
    rows: list[Row] = list(report.whom)
    cents = apportioned([row.usd for row in rows])
    count = len(report.people)
    if not people and count > MOST_PEOPLE:
        all_ = PersonRow(
            f"{count} participants",
            sum((row.usd for row in report.people), Decimal(0)),
            sum((row.hours for row in report.people), Decimal(0)),
            sum((row.gib_hours for row in report.people), Decimal(0)),
            sum(row.servers for row in report.people),
        )
        rows[:count], cents[:count] = [all_], [sum(cents[:count], Decimal(0))]
    cells = tuple((row.what, *_hours(row), shown(cent)) for row, cent in zip(rows, cents, strict=True))
    total = ("total", "", "", shown(sum(cents, Decimal(0))))
    return Sheet("whom", "By whom and for what", ("", "hours", "GiB-hours", currency), cells, total)


def _by_machine(rows: Sequence[Row], currency: str) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple((row.what, *_machines(row), shown(cent)) for row, cent in zip(rows, cents, strict=True))
    total = ("total", "", "", "", shown(sum(cents, Decimal(0))))
    return Sheet("machines", "Machine by machine", ("", "in all", "most at once", "hours", currency), cells, total)


def _machines(row: Row) -> tuple[str, str, str]:
    return (str(row.count), str(row.most), f"{row.hours:,.1f}") if isinstance(row, MachineRow) else ("", "", "")


def _hours(row: Row) -> tuple[str, str]:
    return (f"{row.hours:,.1f}", f"{row.gib_hours:,.1f}") if isinstance(row, PersonRow) else ("", "")


def _by_time(name: str, title: str, rows: Sequence[Row], currency: str) -> Sheet:
    cents = apportioned([row.usd for row in rows])
    cells = tuple(
        (row.what, *_use(row), shown(cent)) for row, cent in zip(rows, cents, strict=True)
    )  # fmt: skip
    total = ("total", "", "", "", shown(sum(cents, Decimal(0))))
    return Sheet(name, title, ("", "hours on", "person-hours", "most people", currency), cells, total)


def _use(row: Row) -> tuple[str, str, str]:
    if isinstance(row, TimeRow):
        return f"{row.hours_on:,.1f}", f"{row.person_hours:,.1f}", str(row.peak)
    return "", "", ""


def _compared(found: Reconciled, currency: str) -> Iterator[Sheet]:
    ours, theirs = (apportioned([getattr(it, side) for it in found.by_kind]) for side in ("metered", "billed"))
    rows = tuple(
        (it.what, shown(mine), shown(its)) for it, mine, its in zip(found.by_kind, ours, theirs, strict=True)
    )  # fmt: skip
    total = ("total", shown(sum(ours, Decimal(0))), shown(sum(theirs, Decimal(0))))
    title = f"Metered and billed, until {found.until:%Y-%m-%d}"
    yield Sheet("compared", title, ("", f"metered {currency}", f"billed {currency}"), rows, total)
    way = [Row("metered", found.metered), *found.because]
    cents = apportioned([row.usd for row in way])
    steps = tuple((row.what, shown(cent)) for row, cent in zip(way, cents, strict=True))
    yield Sheet("because", "From metered to billed", ("", currency), steps, ("billed", shown(sum(cents, Decimal(0)))))
