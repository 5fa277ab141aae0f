"""prices as a shell sees it, without an AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from pophub.organizer.paths import PRICE_TABLES, ROOT

SCRIPT = ROOT / "scripts" / "prices.py"


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=90, check=False)


def test_without_credentials_nothing_is_written_and_it_says_what_to_do() -> None:
    before = {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")}
    ran = _run("refresh", "--json")

    assert ran.returncode == 3
    assert "aws configure" in ran.stderr
    assert "no AWS credentials" in json.loads(ran.stdout)["problems"][0]["problem"]
    assert {table: table.read_bytes() for table in PRICE_TABLES.glob("*.csv")} == before


def test_help_has_examples() -> None:
    ran = _run("refresh", "--help")

    assert (ran.returncode, ran.stdout.count("python scripts/prices.py refresh")) == (0, 2)


def test_wrong_usage_exits_with_2() -> None:
    assert _run("drink").returncode == 2
