"""Where the lab keeps what it builds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lab.shared_cache import exclusive_lock

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


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with exclusive_lock(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with exclusive_lock(tmp_path / "lock"):
        thread.start()
        started.wait()
        # without a lock the thread ends here
        thread.join(0.2)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
