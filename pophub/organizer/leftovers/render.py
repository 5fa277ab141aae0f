"""Leftovers as text and as JSON; amounts are rounded only here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pophub.core.errors import ExitCode
from pophub.organizer.leftovers.resource import Findings, Resource

CENT = Decimal("0.01")


def as_text(findings: Findings, failed: Iterable[tuple[Resource, str]] = ()) -> str:
    """A list, or "0 left, $0.00 a month"."""
    return "\n".join(_lines(findings, failed))


def _lines(findings: Findings, failed: Iterable[tuple[Resource, str]]) -> Iterator[str]:
    for resource in findings.left:
        yield as_line(resource)
    for resource in findings.kept:
        yield f"{as_line(resource)}; stays"
    for resource, reason in failed:
        yield f"could not remove {resource.type} {resource.id}: {reason}"
    for unseen in findings.unseen:
        yield f"could not look at each {unseen.type}: {unseen.reason}"
    count = len(findings.left)
    unknown = any(resource.usd_a_month is None for resource in findings.left)
    least = "at least " if unknown or findings.unseen else ""
    not_all = "; not everything could be looked at" if findings.unseen else ""
    yield f"{findings.event} in {findings.region}: {least}{count} left, {least}${_cents(findings.usd_a_month)} a month{not_all}"


def as_line(resource: Resource) -> str:
    """One resource with its price and the date by which it is to be removed."""
    cost = "   not known" if resource.usd_a_month is None else f"{_cents(resource.usd_a_month):>8} USD"
    until = f"to be removed by {resource.remove_by}" if resource.remove_by else ""
    doubt = "stays, because no tag says that it is this event's" if resource.doubtful else ""
    return f"{resource.type:<17}{cost}  {'; '.join(filter(None, (resource.id, resource.note, until, doubt)))}"


def as_json(findings: Findings, failed: Iterable[tuple[Resource, str]] = ()) -> dict[str, Any]:
    """The same for a program; amounts are text, because JSON numbers are not exact."""
    return {
        "event": findings.event,
        "region": findings.region,
        "clean": findings.is_clean,
        "usd_a_month": str(_cents(findings.usd_a_month)),
        "left": [_fields(resource) for resource in findings.left],
        "kept": [_fields(resource) for resource in findings.kept],
        "not_removed": [{"type": resource.type, "id": resource.id, "reason": reason} for resource, reason in failed],
        "not_looked_at": [{"type": unseen.type, "reason": unseen.reason} for unseen in findings.unseen],
    }


def exit_code(findings: Findings) -> ExitCode:
    """REFUSED if something could not be listed, because unknown does not mean nothing."""
    if findings.unseen:
        return ExitCode.REFUSED
    return ExitCode.FIX if findings.left else ExitCode.DONE


def _fields(resource: Resource) -> dict[str, Any]:
    return {
        "type": resource.type,
        "id": resource.id,
        "usd_a_month": None if resource.usd_a_month is None else str(_cents(resource.usd_a_month)),
        "note": resource.note,
        "remove_by": None if resource.remove_by is None else str(resource.remove_by),
        "holds_work": resource.holds_work,
        "doubtful": resource.doubtful,
    }


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(CENT, ROUND_HALF_UP)
