"""Two at once on one computer: the second is told who the first one is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.only_one import only_one

NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)
HOLD = """
import sys, time, datetime, pathlib
from pophub.organizer.only_one import only_one
with only_one("the end of geo", pathlib.Path(sys.argv[1]), now=datetime.datetime.now(datetime.UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_told_who_the_first_one_is(tmp_path: Path) -> None:
    with (
        only_one("the end of geo", tmp_path / "geo.lock", now=NOW),
        pytest.raises(
            PophubError, match=f"the end of geo is already running: .*, process {os.getpid()}, since 2027-03-12"
        ),
        only_one("the end of geo", tmp_path / "geo.lock", now=NOW),
    ):
        pass


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with (
            pytest.raises(PophubError, match=f"process {process.pid}"),
            only_one("the end of geo", tmp_path / "lock", now=NOW),
        ):
            pass
        process.send_signal(signal.SIGKILL)
    with only_one("the end of geo", tmp_path / "lock", now=NOW):
        assert str(os.getpid()) in (tmp_path / "lock").read_text()
