"""An interrupt cuts off nothing that has begun, stops what has not, and kills only what hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.wait import wait_until
from pophub.core.errors import PophubError
from pophub.organizer.deploy import interrupt
from pophub.organizer.deploy.interrupt import follow, ignore_ctrl_c, interrupt_once

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Start:
    """A script in the place of Terraform."""
    os.mkfifo(tmp_path / "never")

    def run(script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["/bin/sh", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        request.addfinalizer(process.wait)
        return process

    return run


class Interrupted:
    """Hears lines, and interrupts at the first one."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, line: str) -> None:
        self.heard.append(line)
        if len(self.heard) == 1:
            raise KeyboardInterrupt


# waits for something that does not come
FOR_EVER = "while :; do read -r _ < never; done"
# ends when it is interrupted, and says so
IN_ORDER = f'trap "echo state written; exit 1" INT; echo ready; {FOR_EVER}'
# tells the number of its process once it ignores interrupts
DEAF = f'trap "" INT; echo $(exec sh -c "echo \\$PPID"); {FOR_EVER}'


def _interrupted(process: subprocess.Popen[str], *, begun: bool) -> list[str]:
    """What was said by a program at whose first line somebody interrupts."""
    hear, said = Interrupted(), list[str]()
    with pytest.raises(KeyboardInterrupt):
        follow(process, hear, lambda: begun, said.append)
    assert len(said) == 1
    return hear.heard


def test_every_line_is_heard_and_the_exit_code_is_the_program_s(start: Start) -> None:
    heard: list[str] = []

    assert follow(start("echo a; echo b; exit 3"), heard.append, lambda: False, heard.append) == 3
    assert heard == ["a\n", "b\n"]


def test_what_has_not_begun_is_interrupted_and_ends_in_order(start: Start) -> None:
    process = start(IN_ORDER)

    assert _interrupted(process, begun=False) == ["ready\n", "state written\n"]
    assert process.returncode == 1


def test_what_has_begun_is_not_interrupted(start: Start) -> None:
    process = start("trap 'echo cut off' INT; echo ready; for n in 1 2 3; do echo $n; done")

    assert _interrupted(process, begun=True) == ["ready\n", "1\n", "2\n", "3\n"]


def test_what_has_begun_and_does_not_finish_is_interrupted_in_the_end(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupt, "FINISH_SECONDS", 0.1)

    assert _interrupted(start(IN_ORDER), begun=True) == ["ready\n", "state written\n"]


@pytest.mark.parametrize("begun", [False, True])
def test_what_does_not_end_is_killed_with_all_that_it_has_started(
    start: Start, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    monkeypatch.setattr(interrupt, "FINISH_SECONDS", 0.1)
    monkeypatch.setattr(interrupt, "INTERRUPT_SECONDS", 0.1)
    heard = Interrupted()
    process = start(f"({DEAF}); exit")
    with pytest.raises(PophubError, match=r"did not end within 0\.1 s and was killed") as refused:
        follow(process, heard, lambda: begun, lambda line: None)

    assert "the same command again" in refused.value.hint
    child = int(heard.heard[0])
    assert child != process.pid
    wait_until(lambda: not Path(f"/proc/{child}/cmdline").exists(), 5, "its child is gone too")


def test_a_second_interrupt_is_not_heard_before_the_end(start: Start, tmp_path: Path) -> None:
    told = tmp_path / "told"
    # once the first one was heard, or the test itself would be interrupted
    impatience = f"until [ -e {told} ]; do sleep 0.01; done; kill -INT {os.getpid()}; kill -INT {os.getpid()}"
    process = start(f"echo ready; {impatience}; echo state > written")
    with pytest.raises(KeyboardInterrupt):
        follow(process, Interrupted(), lambda: True, lambda line: told.touch())

    assert (tmp_path / "written").read_text() == "state\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_is_not_heard_within_and_heard_again_after() -> None:
    before = signal.getsignal(signal.SIGINT)
    with ignore_ctrl_c():
        os.kill(os.getpid(), signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_a_program_that_is_started_within_still_hears_one() -> None:
    with ignore_ctrl_c():
        started = subprocess.run(["/bin/sh", "-c", "kill -INT $$; echo ignored"], capture_output=True, check=False)

    assert (started.returncode, started.stdout) == (-signal.SIGINT, b"")


IMPATIENT = """
import os, signal
from pophub.organizer.deploy.interrupt import interrupt_once
with interrupt_once():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        print("not heard")
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGINT)
        print("cleaned up", flush=True)
os.kill(os.getpid(), signal.SIGINT)
print("ended")
"""


def test_only_the_first_ctrl_c_is_heard_until_the_process_ends() -> None:
    done = subprocess.run([sys.executable, "-c", IMPATIENT], capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("cleaned up\nended\n", 0)


def test_where_nobody_interrupts_everything_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupt_once():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_has_no_ctrl_c_to_ignore() -> None:
    """Python lets only the main thread touch signals."""
    handlers: list[object] = []

    def inside() -> None:
        with ignore_ctrl_c():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()

    assert handlers == [signal.getsignal(signal.SIGINT)]
