"""Where the lab keeps what it builds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = "from lab.shared_cache import SHARED_CACHE; print(SHARED_CACHE)"


@pytest.mark.parametrize(
    ("variable", "where"),
    [("HOME", ".cache/pophub"), ("XDG_CACHE_HOME", "pophub")],
    ids=["by default", "as the user says"],
)
def test_it_is_the_user_s_own_cache(tmp_path: Path, variable: str, where: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=environment | {variable: str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(tmp_path / where)
