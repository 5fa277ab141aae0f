"""The bench of reports: its meter, our program over a small one, and that both count with the same prices."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from bench import report
from pophub.core.contract import METER_FILE
from pophub.core.cost.records import Kind, as_line
from pophub.organizer.paths import ROOT
from pophub.organizer.plan.prices import region_prices


def test_the_meter_is_that_of_a_large_course() -> None:
    a_day = list(islice(report.records(), 601 + 2 * report.PEOPLE * report.VISITS_A_DAY))

    assert a_day[0].kind is Kind.START
    assert a_day[-1].kind is Kind.STOP
    assert len({record.id for record in a_day}) == len(a_day)
    assert len(a_day) * report.DAYS > report.RECORDS


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 200,000 records."""
    found = tmp_path_factory.mktemp("bench") / METER_FILE
    with found.open("wb") as file:
        file.writelines(map(as_line, report.records()))
    return found


def test_a_report_of_a_large_course_takes_little_memory_and_time(meter: Path) -> None:
    command = [sys.executable, str(report.OURS), str(meter)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    told = json.loads(ran.stdout)
    before = time.process_time()
    with meter.open("rb") as lines:
        assert sum(1 for line in lines if json.loads(line)) == report.RECORDS
    reading = time.process_time() - before

    assert set(told) == {"seconds", "megabytes", "usd"}
    assert float(told["usd"]) == pytest.approx(901.2, abs=1)
    assert told["megabytes"] < 120
    # beside what Python alone takes to read the lines, because a second is another one on each computer
    assert told["seconds"] < 6 * reading


def test_pandas_counts_with_the_same_prices() -> None:
    text = report.PANDAS.read_text()
    [machine, memory] = re.findall(r"^MACHINE_USD, MEMORY_GIB = ([\d.]+), ([\d.]+)$", text, re.MULTILINE)[0]
    tariff = region_prices("us-west-2").tariff
    price = tariff.machines[report.MACHINE]
    [standing] = re.findall(r"^STANDING_USD = \((\d+) \+ 40\) \* 0\.08 / 730 \+ 0\.005$", text, re.MULTILINE)

    assert (float(machine), float(memory)) == (float(price.usd_an_hour), float(price.memory_gib))
    assert int(standing) == report.DISK_GIB
    assert abs((report.DISK_GIB + 40) * 0.08 / 730 + 0.005 - float(tariff.usd_an_hour_stopped(report.DISK_GIB))) < 1e-9
