"""The report for a spreadsheet: one line for each row, with its table's name; amounts have six places and add up exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from pophub.core.cost.forms.as_json import as_json
from pophub.core.cost.forms.figures import figures
from pophub.core.cost.report import Report

COLUMNS = (
    "table", "what", "amount", "currency", "start", "end", "hours", "hours_on", "person_hours", "peak", "gib_hours", "servers",
)  # fmt: skip
TABLES = ("by_part", "by_whom", "by_day", "by_session")
# of an event with workers: one more table, and a column for the number of machines in it
BY_MACHINE, COUNT = "by_machine", "count"
# a spreadsheet would read a cell that begins with one of these as a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """Every table with its total, every single figure, and every note. An unknown value is an empty cell."""
    data = as_json(report)
    text = io.StringIO()
    workers = BY_MACHINE in data
    writer = csv.DictWriter(text, (*COLUMNS, COUNT) if workers else COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for table in (*TABLES, BY_MACHINE) if workers else TABLES:
        for row in data[table]:
            writer.writerow(row | {"table": table, "what": _harmless(row["what"]), "currency": data["currency"]})
        writer.writerow(_figure(f"{table} total", data["total"], data["currency"]))
    writer.writerows(_workers(data.get("workers", ()), data["currency"]))
    writer.writerows(row for figure in figures(report) for row in figure.rows)
    writer.writerows(_compared(data["compared"], data["currency"]))
    writer.writerows({"table": "note", "what": _harmless(note)} for note in data["notes"])
    return text.getvalue()


def _workers(workers: Iterable[dict[str, Any]], currency: str) -> Iterator[dict[str, object]]:
    """Each worker, with its price of an hour."""
    for it in workers:
        what = _harmless(f"{it['id']} {it['type']} {it['market']}")
        span = {"start": it["start"], "end": it["end"], "hours": it["hours"]}
        yield _figure(what, it["usd_an_hour"], currency) | {"table": "worker, price an hour"} | span


def _compared(compared: dict[str, Any] | None, currency: str) -> Iterator[dict[str, object]]:
    """The metered and the billed cost of each kind, and the rows that explain the difference."""
    if compared is None:
        return
    span = {"start": compared["since"], "end": compared["until"], "currency": currency}
    for side in ("metered", "billed"):
        rows = [{"what": row["what"], "amount": row[side]} for row in compared["by_kind"]]
        rows.append({"what": f"{side} total", "amount": compared[side]})
        yield from ({"table": f"compared, {side}", **row, **span} for row in rows)
    for row in compared["because"]:
        yield {"table": "from metered to billed", "what": row["what"], "amount": row["amount"], **span}


def _figure(what: str, amount: object, currency: object) -> dict[str, object]:
    return {"table": "total", "what": what, "amount": amount, "currency": currency}


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA) else name
