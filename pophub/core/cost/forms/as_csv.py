"""The report for a spreadsheet: one line for each row, with its table's name; amounts have six places and add up exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from pophub.core.cost.forms.as_json import as_json
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
    writer.writerows(_figures(data))
    return text.getvalue()


def _workers(workers: Iterable[dict[str, Any]], currency: str) -> Iterator[dict[str, object]]:
    """Each worker, with its price of an hour."""
    for it in workers:
        what = _harmless(f"{it['id']} {it['type']} {it['market']}")
        span = {"start": it["start"], "end": it["end"], "hours": it["hours"]}
        yield _figure(what, it["usd_an_hour"], currency) | {"table": "worker, price an hour"} | span


def _figures(data: dict[str, Any]) -> Iterator[dict[str, object]]:
    currency = data["currency"]
    for group in ("estimated", "forecast"):
        cases = data[group] or {}
        yield from (_figure(f"{group} {case}", amount, currency) for case, amount in cases.items())
    for name in ("budget", "an_hour_now"):
        yield _figure(name, data[name], currency)
    for step in data["budget_steps"]:
        what = f"{step['percent']} % of {step['budget']}"
        yield _figure(what, step["spent"], currency) | {"table": "budget step", "start": step["at"] or ""}
    yield {"table": "total", "what": "unpriced", "hours": data["unpriced_hours"]}
    if data["use"]:
        yield from _uses(data["use"], currency)
    if data["billed"]:
        yield _figure("billed", data["billed"]["total"], data["billed"]["currency"])
        yield _figure("fee of asking", data["billed"]["fee_of_asking"], "USD")
    yield from _compared(data["compared"], currency)
    for note in data["notes"]:
        yield {"table": "note", "what": _harmless(note)}


def _uses(use: dict[str, Any], currency: str) -> Iterator[dict[str, object]]:
    yield {"table": "use", "what": "machine on", "hours": use["hours_on"]}
    yield _use("machine off, and saved by it", use["saved_by_stopping"], currency) | {"hours": use["hours_off"]}
    yield _use("idle", use["idle_cost"], currency) | {"hours": use["idle_hours"]}
    yield _use("a person-hour", use["a_person_hour"], currency) | {"person_hours": use["person_hours"]}
    for wake in use["wakes"]:
        row = _figure(wake["what"], wake["amount"], currency) | {"table": "started from its page"}
        yield row | {"start": wake["start"], "hours": wake["hours"]}


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
    return {"table": "total", "what": what, "amount": "" if amount is None else amount, "currency": currency}


def _use(what: str, amount: object, currency: object) -> dict[str, object]:
    return _figure(what, amount, currency) | {"table": "use"}


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA) else name
