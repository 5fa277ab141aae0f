"""The report for a program: amounts are strings with six places, times are in UTC. Each table adds up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pophub.core.cost.forms.figure import amount, utc
from pophub.core.cost.forms.figures import figures
from pophub.core.cost.machines import MachineRow, Machines
from pophub.core.cost.reconcile import Reconciled
from pophub.core.cost.report import Report
from pophub.core.cost.rows import PersonRow, Row, TimeRow, hours
from pophub.core.cost.timeline import moment


def as_json(report: Report) -> dict[str, Any]:
    """The whole report. An unknown value is null; without a known total, the tables are empty."""
    basis, known = report.basis, report.usd is not None
    tables = {"by_part": report.parts, "by_whom": report.whom, "by_day": report.days, "by_session": report.sessions}
    return {
        "event": basis.event,
        "title": basis.title,
        "timezone": basis.timezone,
        "since": utc(report.since),
        "until": utc(report.until),
        **_figures(report),
        **{name: _rows(rows if known else ()) for name, rows in tables.items()},
        **(_machines(report.machines) if report.machines and known else {}),
        "compared": _compared(report.reconciled) if report.reconciled else None,
        "notes": list(report.notes),
    }


def _figures(report: Report) -> dict[str, Any]:
    """The fields of all figures; several have a part of `use`, which is null without a known total."""
    fields: dict[str, Any] = {}
    use: dict[str, Any] = {}
    for figure in figures(report):
        fields |= figure.fields
        use |= figure.of_use
    return fields | {"use": use or None}


def _machines(found: Machines) -> dict[str, Any]:
    """The rows for each type of machine, and each worker from its birth to its end."""
    return {
        "by_machine": _rows(found.rows),
        "workers": [
            {
                "id": it.id,
                "type": it.type,
                "market": it.market,
                "usd_an_hour": None if it.usd_an_hour is None else f"{it.usd_an_hour:f}",
                "start": utc(moment(it.start)),
                "end": utc(moment(it.end)),
                "end_known": it.known,
                "hours": str(hours(it.end - it.start)),
            }
            for it in found.workers
        ],
    }


def _rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    fields: dict[str, Any] = {"what": row.what, "amount": amount(row.usd)}
    match row:
        case PersonRow():
            return fields | {"hours": str(row.hours), "gib_hours": str(row.gib_hours), "servers": row.servers}
        case MachineRow():
            return fields | {"hours": str(row.hours), "count": row.count, "peak": row.most}
        case TimeRow():
            span = {"start": utc(row.start), "end": utc(row.end), "hours": str(row.hours)}
            return (
                fields | span | {"hours_on": str(row.hours_on), "person_hours": str(row.person_hours), "peak": row.peak}
            )
    return fields


def _compared(found: Reconciled) -> dict[str, Any]:
    return {
        "since": utc(found.since),
        "until": utc(found.until),
        "metered": amount(found.metered),
        "billed": amount(found.billed),
        "by_kind": [
            {"what": it.what, "metered": amount(it.metered), "billed": amount(it.billed)} for it in found.by_kind
        ],
        "because": _rows(found.because),
    }
