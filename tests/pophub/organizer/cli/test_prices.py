"""`pophub prices` as a shell sees it, without an AWS."""

from __future__ import annotations

import json
from subprocess import CompletedProcess

from pophub.organizer.paths import PRICE_TABLES
from tests.command_line import run_pophub


def _run(*arguments: str) -> CompletedProcess[str]:
    return run_pophub("prices", *arguments)


def test_without_credentials_nothing_is_written_and_it_says_what_to_do() -> None:
    before = {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")}
    ran = _run("--json")

    assert ran.returncode == 3
    assert "aws configure" in ran.stderr
    assert "no AWS credentials" in json.loads(ran.stdout)["problems"][0]["problem"]
    assert {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")} == before


def test_wrong_usage_exits_with_2() -> None:
    assert _run("drink").returncode == 2
