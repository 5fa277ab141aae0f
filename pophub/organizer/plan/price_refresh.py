"""Update the price tables from AWS's price list: prices change, and machines of the families asked for are added."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.plan import price_list
from pophub.organizer.plan.prices import InstanceType

MACHINES, OTHERS = "ec2-prices.csv", "other-prices.csv"
SOURCE = "AWS Price List API"
# machines without a hypervisor, which take many minutes to start
METAL = "metal"


@dataclass(frozen=True, slots=True)
class Change:
    """One price that changed. `before` is None for a new row; `now` is None if AWS no longer lists a price, which stays."""

    what: str
    region: str
    before: Decimal | None
    now: Decimal | None


def refresh(folder: Path, aws: Aws, *, today: date, families: Collection[str] = ()) -> list[Change]:
    """Write both tables and return the changes: prices of machines and of gp3, and each new machine of the families.

    Raises:
        PophubError: AWS does not answer, or lists no machine of a family; then nothing is written.
    """
    machines, others = _Table(folder / MACHINES), _Table(folder / OTHERS)
    changes = [*_machines(machines, aws, families), *_disks(others, aws, today)]
    unknown = set(families) - {family_of(row["instance_type"]) for row in machines.rows}
    if unknown:
        raise PophubError(f"AWS lists no machine of {', '.join(sorted(unknown))}", hint="a family is named as in `r8i`")
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


def _machines(table: _Table, aws: Aws, families: Collection[str]) -> Iterator[Change]:
    for region in sorted({row["region"] for row in table.rows}):
        found = {machine.name: machine for machine in price_list.machines(aws, region)}
        known = [row for row in table.rows if row["region"] == region]
        for row in known:
            # those that are left in `found` are not in the table
            machine = found.pop(row["instance_type"], None)
            yield from _changed(row, "usd_per_hour", row["instance_type"], machine.usd_per_hour if machine else None)
        new = [each for each in found.values() if family_of(each.name) in families and METAL not in each.name]
        for each in sorted(new, key=lambda machine: (family_of(machine.name), machine.vcpus)):
            table.rows.append(_row(region, each))
            yield Change(each.name, region, None, each.usd_per_hour)
    table.rows.sort(key=lambda row: row["region"])


def _row(region: str, machine: InstanceType) -> dict[str, str]:
    return {
        "region": region,
        "instance_type": machine.name,
        "architecture": machine.architecture,
        "vcpus": str(machine.vcpus),
        "memory_gib": _figure(machine.memory_gib),
        "usd_per_hour": _figure(machine.usd_per_hour),
    }


def _disks(table: _Table, aws: Aws, today: date) -> Iterator[Change]:
    for row in (row for row in table.rows if row["item"] == "gp3_storage"):
        now = price_list.disk_usd_a_month(aws, row["region"])
        yield from _changed(row, "usd", "gp3_storage", now)
        if now is not None:
            row["source"] = f"{SOURCE}; {today}"


def _figure(value: Decimal) -> str:
    return f"{value.normalize():f}"


def family_of(instance_type: str) -> str:
    """The part of an instance type's name before the dot, for example r8i."""
    return instance_type.partition(".")[0]


def _changed(row: dict[str, str], column: str, what: str, now: Decimal | None) -> Iterator[Change]:
    before = Decimal(row[column])
    if now is None or now != before:
        yield Change(what, row["region"], before, now)
    if now is not None and now != before:
        row[column] = _figure(now)
