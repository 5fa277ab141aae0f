"""An interrupt cuts off nothing that has begun, stops what has not, and kills only what hangs.

A shell stands in for cdktf; a copy of it that is named `terraform` runs in a session of its own, as cdktf has it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub import interrupt
from pophub.errors import PophubError
from pophub.interrupt import deaf, end_in_order, find_terraforms, heard_once
from pophub.lab.wait import wait_until

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Start:
    """A stand-in for cdktf, once it has said that it is ready; $TERRAFORM is the other one's command."""
    terraform = tmp_path / "terraform"
    shutil.copy(shutil.which("sh") or "/bin/sh", terraform)
    os.mkfifo(tmp_path / "never")

    def run(script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["/bin/sh", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "TERRAFORM": f"setsid {terraform} -c"},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        request.addfinalizer(process.wait)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    return run


# waits for something that does not come
FOR_EVER = "while :; do read -r _ < never; done"
# ends when it is interrupted, and says so
IN_ORDER = f'trap "echo state written; exit 1" INT; echo ready; {FOR_EVER}'
DEAF = f'trap "" INT; echo ready; {FOR_EVER}'


def test_terraform_is_found_below_cdktf_in_its_own_session(start: Start) -> None:
    process = start(f"$TERRAFORM '{IN_ORDER}'; exit")
    found = find_terraforms(process.pid)

    assert len(found) == 1
    assert os.getsid(found[0]) != os.getsid(process.pid)
    assert find_terraforms(found[0]) == []

    end_in_order(process, begun=False)


def test_terraform_is_interrupted_and_cdktf_ends_because_terraform_has(start: Start) -> None:
    process = start(f"trap 'echo cut off' INT; $TERRAFORM '{IN_ORDER}'; echo Terraform ended with $?")

    assert end_in_order(process, begun=False) == "state written\nTerraform ended with 1\n"
    assert process.returncode == 0


def test_where_no_terraform_runs_cdktf_is_interrupted(start: Start) -> None:
    assert end_in_order(start(IN_ORDER), begun=False) == "state written\n"


def test_what_has_begun_is_not_interrupted(start: Start) -> None:
    process = start("trap 'echo cut off' INT; echo ready; for n in 1 2 3; do echo $n; done")

    assert end_in_order(process, begun=True) == "1\n2\n3\n"


def test_what_has_begun_and_does_not_finish_is_interrupted_in_the_end(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupt, "FINISH_SECONDS", 0.1)

    assert end_in_order(start(IN_ORDER), begun=True) == "state written\n"


@pytest.mark.parametrize("script", [DEAF, f"$TERRAFORM '{DEAF}'; exit"], ids=["cdktf", "terraform"])
def test_what_does_not_end_is_killed_and_told(start: Start, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(interrupt, "INTERRUPT_SECONDS", 0.1)
    process = start(script)
    terraforms = find_terraforms(process.pid)

    with pytest.raises(PophubError, match=r"did not end within 0\.1 s and was killed") as refused:
        end_in_order(process, begun=False)
    assert "the same command again" in refused.value.hint

    process.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in terraforms), 5, "Terraform is gone")


def test_what_has_ended_already_is_no_error(start: Start) -> None:
    process = start("echo ready")
    process.wait()

    assert end_in_order(process, begun=False) == ""


def test_ctrl_c_is_not_heard_within_and_heard_again_after() -> None:
    before = signal.getsignal(signal.SIGINT)
    with deaf():
        os.kill(os.getpid(), signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_a_program_that_is_started_within_still_hears_one() -> None:
    with deaf():
        started = subprocess.run(["/bin/sh", "-c", "kill -INT $$; echo deaf"], capture_output=True, check=False)

    assert (started.returncode, started.stdout) == (-signal.SIGINT, b"")


IMPATIENT = """
import os, signal
from pophub.interrupt import heard_once
with heard_once():
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
    with heard_once():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_has_nothing_to_be_deaf_to() -> None:
    """Python lets only the main thread touch signals."""
    handlers: list[object] = []

    def inside() -> None:
        with deaf():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()

    assert handlers == [signal.getsignal(signal.SIGINT)]
