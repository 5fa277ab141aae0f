"""The report for a program: amounts are strings with six places, times are in UTC. Each table adds up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pophub.core.cost.machines import MachineRow, Machines
from pophub.core.cost.money import MICROS, rounded
from pophub.core.cost.reconcile import Reconciled
from pophub.core.cost.report import Report
from pophub.core.cost.rows import PersonRow, Row, TimeRow, WakeRow, hours
from pophub.core.cost.steps import Reached
from pophub.core.cost.timeline import moment


def as_json(report: Report) -> dict[str, Any]:
    """The whole report. An unknown value is null; without a known total, the tables are empty."""
    basis, ahead, known = report.basis, report.forecast, report.usd is not None
    return {
        "event": basis.event,
        "title": basis.title,
        "timezone": basis.timezone,
        "currency": basis.tariff.currency,
        "region": basis.tariff.region,
        "prices_as_of": basis.tariff.as_of.isoformat(),
        "since": _moment(report.since),
        "until": _moment(report.until),
        "total": _amount(report.usd),
        "unpriced_hours": str(report.unpriced_hours),
        "running": report.running,
        "gone": report.gone,
        "an_hour_now": _amount(report.usd_an_hour),
        "budget": _amount(basis.budget),
        "budget_steps": [_step(step) for step in report.steps],
        "estimated": _cases(basis.estimated),
        "forecast": _cases((ahead.low, ahead.expected, ahead.high)) if ahead else None,
        "by_part": _rows(report.parts if known else ()),
        **(_machines(report.machines) if report.machines and known else {}),
        "by_whom": _rows(report.whom if known else ()),
        "by_day": _rows(report.days if known else ()),
        "by_session": _rows(report.sessions if known else ()),
        "use": _use(report) if known else None,
        "billed": _billed(report),
        "compared": _compared(report.reconciled) if report.reconciled else None,
        "notes": list(report.notes),
    }


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
                "start": _moment(moment(it.start)),
                "end": _moment(moment(it.end)),
                "end_known": it.known,
                "hours": str(hours(it.end - it.start)),
            }
            for it in found.workers
        ],
    }


def _step(step: Reached) -> dict[str, Any]:
    """A step that cost-watch did not record has no time and no amount."""
    return {
        "percent": step.percent,
        "at": step.at and _moment(step.at),
        "spent": _amount(step.spent_usd),
        "budget": _amount(step.budget_usd),
    }


def _use(report: Report) -> dict[str, Any]:
    use = report.use
    return {
        "hours_on": str(use.hours_on),
        "hours_off": str(use.hours_off),
        "idle_hours": str(use.idle_hours),
        "idle_cost": _amount(use.idle_usd),
        "saved_by_stopping": _amount(use.saved_usd),
        "person_hours": str(use.person_hours),
        "a_person_hour": _amount(use.usd_a_person_hour),
        "people": use.people,
        "participants": report.basis.participants,
        "wakes": [_wake(each) for each in use.wakes],
    }


def _wake(row: WakeRow) -> dict[str, Any]:
    return {"what": row.what, "amount": _amount(row.usd), "start": _moment(row.start), "hours": str(row.hours)} | (
        row.wake.as_json()
    )


def _rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    fields: dict[str, Any] = {"what": row.what, "amount": _amount(row.usd)}
    match row:
        case PersonRow():
            return fields | {"hours": str(row.hours), "gib_hours": str(row.gib_hours), "servers": row.servers}
        case MachineRow():
            return fields | {"hours": str(row.hours), "count": row.count, "peak": row.most}
        case TimeRow():
            span = {"start": _moment(row.start), "end": _moment(row.end), "hours": str(row.hours)}
            return (
                fields | span | {"hours_on": str(row.hours_on), "person_hours": str(row.person_hours), "peak": row.peak}
            )
    return fields


def _cases(amounts: tuple[Decimal, ...]) -> dict[str, str | None] | None:
    return dict(zip(("low", "expected", "high"), map(_amount, amounts), strict=True)) if amounts else None


def _billed(report: Report) -> dict[str, Any] | None:
    billed = report.billed
    if billed is None:
        return None
    known = bool(billed.lines)
    return {
        "total": _amount(billed.amount) if known else None,
        "currency": billed.currency,
        "as_of": _moment(billed.as_of),
        "complete_until": _moment(billed.settled),
        "requests": billed.requests,
        "fee_of_asking": _amount(billed.fee),
    }


def _compared(found: Reconciled) -> dict[str, Any]:
    return {
        "since": _moment(found.since),
        "until": _moment(found.until),
        "metered": _amount(found.metered),
        "billed": _amount(found.billed),
        "by_kind": [
            {"what": it.what, "metered": _amount(it.metered), "billed": _amount(it.billed)} for it in found.by_kind
        ],
        "because": _rows(found.because),
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{rounded(amount, MICROS):f}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
