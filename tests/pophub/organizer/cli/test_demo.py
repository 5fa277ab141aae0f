"""The demo as an organizer sees it: every step of their event, and nothing left of it, also after an impatient Ctrl-C."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from lab.wait import wait_until
from pophub.organizer.paths import DOT_POPHUB, ROOT

# the steps of a deploy and a destroy on a busy computer
MINUTES = 60.0
EVENT = Path(__file__).with_name("riverdays.yaml")
# linux/prctl.h
PR_SET_PDEATHSIG = 1
PROGRAM = str(Path(sys.executable).parent / "pophub")


def _end_with_the_tests() -> None:
    """A test run that is killed is Ctrl-C too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Shown:
    """A demo that runs in a process group of its own, as at a terminal."""

    def __init__(self, log: Path, *options: str) -> None:
        self.log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                [PROGRAM, "demo", *options],
                cwd=ROOT,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509  # a single system call
            )

    def says(self, pattern: str, minutes: float) -> re.Match[str]:
        """What the demo said that fits; it fails as soon as the demo ends without."""

        def find() -> re.Match[str] | None:
            found = re.search(pattern, self.log.read_text())
            if not found and self.process.poll() is not None:
                pytest.fail(f"the demo ended without `{pattern}`:\n{self.log.read_text()}")
            return found

        found = wait_until(find, minutes * MINUTES, f"the demo says `{pattern}`")
        assert found
        return found

    def interrupt(self) -> None:
        """Ctrl-C reaches the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    shown: list[Shown] = []

    def start(*options: str) -> Shown:
        shown.append(Shown(tmp_path / "demo.log", *options))
        return shown[-1]

    yield start
    for demo in shown:
        if demo.process.poll() is None:
            os.killpg(demo.process.pid, signal.SIGKILL)


def _runs() -> set[Path]:
    return set((DOT_POPHUB / "runs").glob("*"))


def _processes(folder: Path) -> list[str]:
    """Programs of this run: each is told its folder, or works in it."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if f"{folder}/" in line]


@pytest.mark.demo
@pytest.mark.timeout(900)
def test_it_plays_an_organizers_event_and_leaves_its_zip_file(show: Callable[..., Shown], tmp_path: Path) -> None:
    before = _runs()
    # the file's dates are over one day
    event = tmp_path / "riverdays.yaml"
    event.write_text(EVENT.read_text().replace("2027", str(datetime.now(UTC).year + 1)))
    demo = show(str(event), "--once")
    demo.says(r"✓ set up: .* a Google at http://", minutes=8)
    demo.says(r"✓ stand-ins: .*so a small repository stands in", minutes=8)
    demo.says(r"✓ start the hub: http://127\.0\.0\.1:\d+", minutes=8)
    [folder] = _runs() - before
    assert _processes(folder)
    demo.says(r"✓ nothing is left: nothing but \d+ objects of archive and reports in the bucket", minutes=6)
    demo.says(r"✓ a member signs in: ada@uni\.example", minutes=1)
    demo.says(r"✓ the content arrives: rivers: Welcome\.md", minutes=1)
    kept = Path(demo.says(r"✓ the organizer's zip file: (\S+) stays", minutes=1)[1])
    demo.says(r"│ all +│ passed", minutes=1)

    assert demo.process.wait(60) == 0
    assert (_runs() - before, _processes(folder)) == (set(), [])
    with ZipFile(kept) as inside:
        assert any(name.endswith("/riverdays.yaml") for name in inside.namelist())
    kept.unlink()


# minutes of machines, which no other part of CI shares
@pytest.mark.vm
@pytest.mark.timeout(1800)
def test_it_plays_an_event_with_workers(show: Callable[..., Shown]) -> None:
    before = _runs()
    demo = show("workers-example")
    demo.says(r"✓ people are on two machines: .* on i-\w+; .* on i-\w+", minutes=15)
    demo.says(r"✓ one machine is lost: .*read “Your server is not running”.*kernel goes on", minutes=5)
    demo.says(r"✓ scaled in: 0 workers left", minutes=5)
    demo.says(r"│ all +│ passed", minutes=5)

    assert demo.process.wait(60) == 0
    assert _runs() == before


@pytest.mark.demo
@pytest.mark.timeout(600)
def test_an_impatient_ctrl_c_during_the_deploy_leaves_nothing_either(show: Callable[..., Shown]) -> None:
    before = _runs()
    demo = show()
    demo.says(r"… deploy account", minutes=4)
    [folder] = _runs() - before
    time.sleep(5)
    for _ in range(3):
        demo.interrupt()
        time.sleep(0.5)

    assert demo.process.wait(4 * MINUTES) == 1
    assert demo.log.read_text().endswith("interrupted; what was started is gone\n")
    assert (_runs() - before, _processes(folder)) == (set(), [])
