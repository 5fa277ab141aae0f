"""Update the price tables from AWS's price list: the machines and disks stay the same, only their prices change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pophub.aws.client import Aws
from pophub.organizer.plan import price_list

MACHINES, OTHERS = "ec2-prices.csv", "other-prices.csv"
SOURCE = "AWS Price List API"


@dataclass(frozen=True, slots=True)
class Change:
    """One price that changed. `now` is None if AWS no longer lists a price; then the row keeps its old price."""

    what: str
    region: str
    before: Decimal
    now: Decimal | None


def refresh(folder: Path, aws: Aws, *, today: date) -> list[Change]:
    """Write both tables and return the changes. Only prices of machines and of gp3 change; all other rows stay.

    Raises:
        PophubError: AWS does not answer; then nothing is written.
    """
    machines, others = _Table(folder / MACHINES), _Table(folder / OTHERS)
    changes = [*_machines(machines, aws), *_disks(others, aws, today)]
    machines.write(today)
    # most of these prices were not updated, so the table keeps its date
    others.write(None)
    return changes


class _Table:
    """A CSV file and the comments above its rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines()
        self._comments = [line for line in lines if line.startswith("#")]
        self._columns, *_ = csv.reader(line for line in lines if not line.startswith("#"))
        self.rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))

    def write(self, as_of: date | None) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, self._columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        comments = "\n".join(self._comments)
        if as_of:
            comments = re.sub(r"^# as_of: .*$", f"# as_of: {as_of}", comments, flags=re.MULTILINE)
            comments = re.sub(r"^# source: (?s:.*)", f"# source: {SOURCE}", comments, flags=re.MULTILINE)
        self._path.write_text(f"{comments}\n{text.getvalue()}", encoding="utf-8")


def _machines(table: _Table, aws: Aws) -> Iterator[Change]:
    for region in sorted({row["region"] for row in table.rows}):
        found = {machine.name: machine.usd_per_hour for machine in price_list.machines(aws, region)}
        for row in (row for row in table.rows if row["region"] == region):
            now = found.get(row["instance_type"])
            yield from _changed(row, "usd_per_hour", f"{row['instance_type']}", now)


def _disks(table: _Table, aws: Aws, today: date) -> Iterator[Change]:
    for row in (row for row in table.rows if row["item"] == "gp3_storage"):
        now = price_list.disk_usd_a_month(aws, row["region"])
        yield from _changed(row, "usd", "gp3_storage", now)
        if now is not None:
            row["source"] = f"{SOURCE}; {today}"


def _changed(row: dict[str, str], column: str, what: str, now: Decimal | None) -> Iterator[Change]:
    before = Decimal(row[column])
    if now is None or now != before:
        yield Change(what, row["region"], before, now)
    if now is not None and now != before:
        row[column] = f"{now.normalize():f}"
