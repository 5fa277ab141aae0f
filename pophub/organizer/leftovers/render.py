"""Leftovers as text and as JSON; amounts are rounded only here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pophub.core.errors import ExitCode
from pophub.organizer.leftovers.thing import Findings, Thing

CENT = Decimal("0.01")


def as_text(findings: Findings, failed: Iterable[tuple[Thing, str]] = ()) -> str:
    """A list, or "0 left, $0.00 a month"."""
    return "\n".join(_lines(findings, failed))


def _lines(findings: Findings, failed: Iterable[tuple[Thing, str]]) -> Iterator[str]:
    for thing in findings.left:
        yield as_line(thing)
    for thing in findings.kept:
        yield f"{as_line(thing)}; stays"
    for thing, reason in failed:
        yield f"could not remove {thing.kind} {thing.id}: {reason}"
    for unseen in findings.unseen:
        yield f"could not look at each {unseen.kind}: {unseen.reason}"
    count = len(findings.left)
    unknown = any(thing.usd_a_month is None for thing in findings.left)
    least = "at least " if unknown or findings.unseen else ""
    not_all = "; not everything could be looked at" if findings.unseen else ""
    yield f"{findings.event} in {findings.region}: {least}{count} left, {least}${_cents(findings.usd_a_month)} a month{not_all}"


def as_line(thing: Thing) -> str:
    """One resource with its price and the date by which it is to be removed."""
    cost = "   not known" if thing.usd_a_month is None else f"{_cents(thing.usd_a_month):>8} USD"
    until = f"to be removed by {thing.remove_by}" if thing.remove_by else ""
    doubt = "stays, because no tag says that it is this event's" if thing.doubtful else ""
    return f"{thing.kind:<17}{cost}  {'; '.join(filter(None, (thing.id, thing.note, until, doubt)))}"


def as_json(findings: Findings, failed: Iterable[tuple[Thing, str]] = ()) -> dict[str, Any]:
    """The same for a program; amounts are text, because JSON numbers are not exact."""
    return {
        "event": findings.event,
        "region": findings.region,
        "clean": findings.is_clean,
        "usd_a_month": str(_cents(findings.usd_a_month)),
        "left": [_fields(thing) for thing in findings.left],
        "kept": [_fields(thing) for thing in findings.kept],
        "not_removed": [{"kind": thing.kind, "id": thing.id, "reason": reason} for thing, reason in failed],
        "not_looked_at": [{"kind": unseen.kind, "reason": unseen.reason} for unseen in findings.unseen],
    }


def exit_code(findings: Findings) -> ExitCode:
    """REFUSED if something could not be listed, because unknown does not mean nothing."""
    if findings.unseen:
        return ExitCode.REFUSED
    return ExitCode.FIX if findings.left else ExitCode.DONE


def _fields(thing: Thing) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "id": thing.id,
        "usd_a_month": None if thing.usd_a_month is None else str(_cents(thing.usd_a_month)),
        "note": thing.note,
        "remove_by": None if thing.remove_by is None else str(thing.remove_by),
        "holds_work": thing.holds_work,
        "doubtful": thing.doubtful,
    }


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(CENT, ROUND_HALF_UP)
