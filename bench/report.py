"""Measure time and memory of a report on a course of four weeks, compared with the same sums in pandas."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.figures import Figures
from lab.venvs import ensure_venv
from pophub.core.contract import METER_FILE
from pophub.core.cost.records import Kind, Moment, Record, as_line, of_hub, of_server
from pophub.organizer import paths
from pophub.organizer.deploy.terraform.attempt import Talk

PEOPLE = 500
DAYS = 28
RECORDS = 200_000
MACHINE, DISK_GIB, MEMORY_GIB = "r6i.8xlarge", 5004, Decimal("0.25")
HOURS_A_DAY, VISITS_A_DAY = 10, 7
MONDAY = datetime(2027, 3, 1, 7, tzinfo=UTC)
REQUIREMENTS = paths.ROOT / "requirements-bench.txt"
# separate programs, so that neither one's memory counts for the other
OURS, PANDAS = (Path(__file__).with_name(name) for name in ("report_ours.py", "report_pandas.py"))


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """Write the meter, and let both programs sum it up."""
    talk(f"a meter of {RECORDS:,} records")
    meter = folder / METER_FILE
    with meter.open("wb") as file:
        file.writelines(as_line(record) for record in records())
    talk("the report")
    ours = _run(Path(sys.executable), OURS, meter)
    talk("pandas")
    theirs = _run(ensure_venv(REQUIREMENTS) / "bin" / "python", PANDAS, meter)
    rows = tuple(
        (name, f"{ran['seconds']:.1f}", f"{ran['megabytes']:.0f}", str(ran["usd"]))
        for name, ran in (("`pophub cost`, with its page", ours), ("pandas, the sums alone", theirs))
    )
    columns = ("", "CPU seconds", "MB at most", "USD")
    return [Figures(f"a report of {RECORDS:,} records, {PEOPLE} people, {DAYS} days", columns, rows)]


def records() -> Iterator[Record]:
    """The same at every run: each day one run of the machine with a beat a minute, and everybody's servers."""
    written = 0
    for day in range(DAYS):
        for record in _day(day):
            yield record
            written += 1
            if written == RECORDS:
                return


def _day(day: int) -> Iterator[Record]:
    start = MONDAY + timedelta(days=day)

    def at(seconds: float) -> Moment:
        return Moment(start + timedelta(seconds=seconds), f"boot-{day}", round(seconds * 1000))

    turns = [of_hub(Kind.BEAT, at(60 * minute)) for minute in range(1, HOURS_A_DAY * 60)]
    for visit in range(VISITS_A_DAY):
        for person in range(PEOPLE):
            begins = 300 + visit * 5000 + (person * 7919 + visit * 104729) % 1800
            ends = begins + 1200 + (person * 31 + day * 17) % 1500
            name, started = f"person-{person:03}", at(begins).at
            turns.append(of_server(Kind.SERVER_START, at(begins), name, "", started=started, memory_gib=MEMORY_GIB))
            turns.append(of_server(Kind.SERVER_STOP, at(ends), name, "", started=started))
    yield of_hub(Kind.START, at(20), machine=MACHINE, disk_gib=DISK_GIB)
    # in the hub's order
    yield from sorted(turns, key=lambda record: record.up_ms)
    yield of_hub(Kind.STOP, at(HOURS_A_DAY * 3600))


def _run(python: Path, program: Path, meter: Path) -> dict[str, float | str]:
    """The JSON on the last line of the program's output."""
    command = [str(python), str(program), str(meter)]
    ran = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(ran.stdout.splitlines()[-1]))
