"""A finished event: the five days of the example as a hub might have noted them, and AWS billed them.

The same bytes at every run. `make generated` writes docs/finished-event anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from pophub.aws.client import Aws
from pophub.core.contract import METER_FILE
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.forms import Form
from pophub.core.cost.ledger import ledger
from pophub.core.cost.records import BEAT_SECONDS, Kind, Record, as_line, of_hub
from pophub.core.cost.timeline import milliseconds, timeline
from pophub.organizer.cost.cost_report import rendered, so_far
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from pophub.organizer.plan.prices import region_prices
from tests.pophub.core.cost.story import DISK_GIB, MACHINE, MONDAY, Boot

# deployed on Sunday afternoon for a try, and destroyed on the Friday a week later
TRIED = datetime(2027, 2, 28, 22, tzinfo=UTC)
GONE = datetime(2027, 3, 12, 18, tzinfo=UTC)
# when the report was made, and the bill was complete
ASKED = datetime(2027, 3, 20, 9, tzinfo=UTC)
DOCS = ROOT / "docs" / "finished-event"
EVENT = DOCS / "geo-hackweek.yaml"
METER = DOCS / METER_FILE
FORMS = {Form.TEXT: "txt", Form.JSON: "json", Form.CSV: "csv", Form.MARKDOWN: "md", Form.HTML: "html"}
# of 60 that were planned for; not everybody comes every day
PEOPLE = 52
# hours from the start of the machine at 08:45 to the end of the session at 17:30
SESSION_ENDS = 8.75


def lines() -> list[bytes]:
    """The meter's file."""
    return [as_line(record) for record in _records(random.Random(20270301))]


def _records(chance: random.Random) -> Iterator[Record]:
    yield from _day(Boot("b0", TRIED), 1.4, [("octocat", 0.2, 0.8)])
    for day in range(5):
        boot = Boot(f"b{day + 1}", MONDAY + timedelta(days=day))
        here = [person for person in range(PEOPLE) if chance.random() < 0.93 - 0.04 * day]
        visits = [visit for person in here for visit in _visits(chance, f"person-{person:02}", day)]
        # the hub stops itself half an hour after the last server; on Wednesday it lost its power
        last = max(end for _, _, end in visits)
        length = 6.1 if day == 2 else last + 0.5
        yield from _day(boot, length, [(who, start, min(end, length)) for who, start, end in visits], clean=day != 2)
        if day == 2:
            again = Boot("b3b", boot.at + timedelta(hours=6.25))
            back = [(who, 0.05 + chance.random() / 4, end - 6.25) for who, start, end in visits if end > 6.8]
            yield from _day(again, last + 0.5 - 6.25, back)


def _visits(chance: random.Random, who: str, day: int) -> Iterator[tuple[str, float, float]]:
    start = max(0.1, chance.gauss(0.35, 0.2))
    if chance.random() < 0.25:
        lunch = 3 + chance.random()
        yield who, start, lunch
        start = lunch + 1 + chance.random()
    evening = 1.2 if day == 3 and chance.random() < 0.4 else 0
    yield who, start, SESSION_ENDS + evening + abs(chance.gauss(0.3, 0.4))


def _day(boot: Boot, hours: float, visits: list[tuple[str, float, float]], *, clean: bool = True) -> Iterator[Record]:
    story = [of_hub(Kind.START, boot.moment(0.005), machine=MACHINE, disk_gib=DISK_GIB)]
    minutes = int(hours * 3600 / BEAT_SECONDS)
    story += [of_hub(Kind.BEAT, boot.moment(minute * BEAT_SECONDS / 3600)) for minute in range(1, minutes)]
    for who, start, end in visits:
        whole = boot.visit(who, start, end if clean or end < hours - 0.01 else None, str(Decimal(4)))
        story += whole
    if clean:
        story.append(of_hub(Kind.STOP, boot.moment(hours)))
    yield from sorted(story, key=lambda record: record.up_ms)


def bill() -> list[dict[str, Any]]:
    """Cost Explorer's days: AWS counts from some seconds before the kernel, and ran on when the meter lost its power."""
    line, tariff = timeline(_records(random.Random(20270301)), now=GONE), region_prices("us-west-2").tariff
    days = [TRIED.date() + timedelta(days=day) for day in range((GONE.date() - TRIED.date()).days + 1)]
    result = []
    for day in days:
        first, last = (milliseconds(datetime.combine(it, time(), UTC)) for it in (day, day + timedelta(days=1)))
        cells = ledger(line, tariff, first, min(last, milliseconds(GONE))).cells
        on = Decimal(sum(cell.end - cell.start for cell in cells if cell.on)) / HOUR_MS
        exists = Decimal(sum(cell.end - cell.start for cell in cells if cell.start >= line.born)) / HOUR_MS
        boots = sum(first <= run.start < last for run in line.runs)
        counted = on + boots * Decimal("0.004") + (Decimal("0.1") if day == date(2027, 3, 3) else 0)
        month = Decimal(28 if day.month == 2 else 31) * 24
        traffic = Decimal("0.046") * on
        lines_ = [
            ("USW2-BoxUsage:r6i.8xlarge", counted * Decimal("2.016"), counted),
            ("USW2-EBS:VolumeUsage.gp3", 644 * exists / month * Decimal("0.08"), 644 * exists / month),
            ("USW2-PublicIPv4:InUseAddress", on * Decimal("0.005"), on),
            ("USW2-PublicIPv4:IdleAddress", (exists - on) * Decimal("0.005"), exists - on),
            ("USW2-DataTransfer-Out-Bytes", traffic * Decimal("0.09"), traffic),
            ("USW2-CW:AlarmMonitorUsage", exists / month * Decimal("0.1"), exists / month),
        ]
        result.append(_answer(day, lines_))
    return result


def _answer(day: date, lines_: list[tuple[str, Decimal, Decimal]]) -> dict[str, Any]:
    groups = [
        {
            "Keys": ["Usage", usage],
            "Metrics": {
                "UnblendedCost": {"Amount": f"{amount:.10f}", "Unit": "USD"},
                "UsageQuantity": {"Amount": f"{quantity:.10f}", "Unit": "N/A"},
            },
        }
        for usage, amount, quantity in lines_
        if quantity
    ]
    end = day + timedelta(days=1)
    return {"TimePeriod": {"Start": day.isoformat(), "End": end.isoformat()}, "Groups": groups, "Estimated": False}


class FakeAws(Aws):
    """An AWS that answers every question to Cost Explorer with the bill, in two pages."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """As AWS does."""
        assert (service, operation) == ("ce", "get_cost_and_usage")
        days = bill()
        if "NextPageToken" in arguments:
            return {"ResultsByTime": days[7:]}
        return {"ResultsByTime": days[:7], "NextPageToken": "more"}


def written(form: Form) -> str:
    """The report of the finished event in one of its forms, as a wide terminal shows it."""
    found = so_far(str(EVENT), FakeAws(), [METER], now=ASKED, ask=True, names=False, gone=GONE)
    console = Console(width=110, color_system=None)
    with console.capture() as captured:
        result = rendered(found, form)
        if isinstance(result, str):
            return f"{result}\n"
        console.print(result)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def write(folder: Path = DOCS) -> None:
    """Everything in docs/finished-event but its README."""
    folder.mkdir(parents=True, exist_ok=True)
    EVENT.write_text(EXAMPLE_EVENT.read_text())
    METER.write_bytes(b"".join(lines()))
    for form, ending in FORMS.items():
        (folder / f"report.{ending}").write_text(written(form))


if __name__ == "__main__":
    write()
