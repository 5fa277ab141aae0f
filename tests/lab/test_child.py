"""A child says its port, ends with its parent however that ends, and a start that fails is told with its log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab import child
from lab.child import Child
from lab.wait import wait_until
from pophub.core.errors import PophubError

# `python -m timeit` is a module that runs what it is given; `-s` runs once and before everything else
RUN = ("timeit", "-n1", "-r1", "-s")
ANNOUNCES = "import signal; from lab.child import announce; announce(4711); signal.pause()"
HANGS = "import signal; signal.pause()"
DEAF = "import signal; print('ready on port 4711', flush=True); signal.pause()"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_child_says_its_port_and_ends_when_it_is_stopped(tmp_path: Path) -> None:
    with Child(*RUN, ANNOUNCES, log=tmp_path / "log") as started:
        assert started.port == 4711
        assert started._process.poll() is None

    assert started._process.returncode == 0


def test_a_second_stop_does_nothing(tmp_path: Path) -> None:
    started = Child(*RUN, ANNOUNCES, log=tmp_path / "log")
    started.stop()
    started.stop()

    assert started._process.returncode == 0


def test_a_child_has_what_is_added_to_the_environment(tmp_path: Path) -> None:
    code = "import os; print('ready on port', os.environ['WORD'])"
    with Child(*RUN, code, log=tmp_path / "log", environment={"WORD": "7"}) as started:
        assert started.port == 7


def test_an_interrupt_of_the_terminal_is_for_the_parent_alone(tmp_path: Path) -> None:
    with Child(*RUN, ANNOUNCES, log=tmp_path / "log") as started:
        assert os.getsid(started._process.pid) != os.getsid(0)


def test_a_child_that_ends_at_its_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"timeit did not start: .*ZeroDivisionError") as refused:
        Child(*RUN, "1 / 0", log=tmp_path / "log")

    assert str(tmp_path / "log") in refused.value.hint


def test_a_child_that_never_says_its_port_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "START_SECONDS", 0.2)

    with pytest.raises(PophubError, match="timeit did not start"):
        Child(*RUN, HANGS, log=tmp_path / "log")


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "STOP_SECONDS", 0.2)
    started = Child(*RUN, DEAF, log=tmp_path / "log")
    started.stop()

    assert started._process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_child_dies_with_its_parent_even_where_that_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    start = f"""
from pathlib import Path
from lab.child import Child
import signal
started = Child(*{RUN!r}, {ANNOUNCES!r}, log=Path({str(tmp_path / "log")!r}))
print(started._process.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())

        assert not gone(pid)

        parent.send_signal(how)

    wait_until(lambda: gone(pid), 5, "the child has ended")
