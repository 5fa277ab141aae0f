"""`pophub prices` as a shell sees it, without an AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pophub.organizer.paths import PRICE_TABLES, ROOT

PROGRAM = str(Path(sys.executable).parent / "pophub")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "prices", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=90, check=False)


def test_without_credentials_nothing_is_written_and_it_says_what_to_do() -> None:
    before = {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")}
    ran = _run("--json")

    assert ran.returncode == 3
    assert "aws configure" in ran.stderr
    assert "no AWS credentials" in json.loads(ran.stdout)["problems"][0]["problem"]
    assert {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")} == before


def test_wrong_usage_exits_with_2() -> None:
    assert _run("drink").returncode == 2
