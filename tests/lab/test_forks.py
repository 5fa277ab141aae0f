"""A fork of a lab server is as much a process of its own as one that is started: its end, its crash and its words are its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab import child as child_module
from lab.aws import LabAws
from lab.child import Child
from lab.forks import Forks
from lab.wait import wait_until
from pophub.core.errors import PophubError
from tests.lab.test_child import gone

MODULE = """
import json, os, signal, sys
from pathlib import Path
from lab.child import announce

def prepare():
    imported_by = os.getpid()
    def run():
        print("its log", file=sys.stderr, flush=True)
        exec(os.environ.get("FIRST", ""))
        own = {"imported": imported_by, "pid": os.getpid(), "session": os.getsid(0), "WORD": os.environ.get("WORD")}
        Path(os.environ["SAYS"]).write_text(json.dumps(own))
        announce(4711)
        signal.pause()
    return run
"""


@pytest.fixture
def forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forks:
    (tmp_path / "forked_server.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Forks("forked_server")


def start(forks: Forks, folder: Path, name: str = "one", **environment: str) -> Child:
    settings = {"SAYS": str(folder / f"{name}.json"), **environment}
    return Child("forked_server", log=folder / f"{name}.log", environment=settings, forks=forks)


def said(folder: Path, name: str = "one") -> dict[str, int | str]:
    return dict(json.loads((folder / f"{name}.json").read_text()))


def test_each_has_its_environment_session_and_log_and_only_the_import_is_shared(forks: Forks, tmp_path: Path) -> None:
    with start(forks, tmp_path, "one", WORD="1") as one, start(forks, tmp_path, "two", WORD="2") as two:
        first, second = said(tmp_path, "one"), said(tmp_path, "two")

        assert (one.port, two.port) == (4711, 4711)
        assert (first["WORD"], second["WORD"]) == ("1", "2")
        assert (first["session"], second["session"]) == (one._process.pid, two._process.pid)
        assert first["imported"] == second["imported"] not in (one._process.pid, two._process.pid, os.getpid())
        assert (tmp_path / "two.log").read_text() == "its log\n"


def test_a_variable_that_is_gone_is_gone_for_the_next_one(
    forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "old")
    with start(forks, tmp_path, "one"):
        monkeypatch.delenv("WORD")
        with start(forks, tmp_path, "two"):
            assert (said(tmp_path, "one")["WORD"], said(tmp_path, "two")["WORD"]) == ("old", None)


def test_the_end_of_one_leaves_the_others_and_a_second_stop_does_nothing(forks: Forks, tmp_path: Path) -> None:
    with start(forks, tmp_path, "one") as one, start(forks, tmp_path, "two") as two:
        one.stop()
        one.stop()

        assert (gone(one._process.pid), gone(two._process.pid)) == (True, False)


def test_one_that_does_not_listen_is_killed_and_the_others_go_on(
    forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "STOP_SECONDS", 0.2)
    deaf = start(forks, tmp_path, "deaf", FIRST="print('ready on port 1', flush=True); signal.pause()")
    with start(forks, tmp_path, "two") as two:
        deaf.stop()

        assert (gone(deaf._process.pid), gone(two._process.pid)) == (True, False)


def test_one_that_fails_at_its_start_is_told_with_its_last_words_and_the_next_one_starts(
    forks: Forks, tmp_path: Path
) -> None:
    with pytest.raises(PophubError, match=r"forked_server did not start: .*ZeroDivisionError"):
        start(forks, tmp_path, "one", FIRST="1 / 0")
    with start(forks, tmp_path, "two") as two:
        assert two.port == 4711


def test_a_program_that_one_starts_can_be_waited_for(forks: Forks, tmp_path: Path) -> None:
    runs = "import subprocess; print(subprocess.run(['false']).returncode, file=sys.stderr, flush=True)"
    with start(forks, tmp_path, FIRST=runs):
        assert (tmp_path / "one.log").read_text() == "its log\n1\n"


def test_all_of_them_die_with_their_user_even_where_that_is_killed(forks: Forks, tmp_path: Path) -> None:
    code = f"""
import signal
from pathlib import Path
from lab.forks import Forks
from tests.lab.test_forks import start
started = start(Forks("forked_server"), Path({str(tmp_path)!r}))
print("started", flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "started\n"
        own = said(tmp_path)
        pids = int(own["imported"]), int(own["pid"])
        assert not any(map(gone, pids))

        user.send_signal(signal.SIGKILL)

    wait_until(lambda: all(map(gone, pids)), 5, "both have ended")


def test_two_of_the_lab_s_aws_have_the_same_images_and_no_id_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabAws, "forks", Forks("lab.aws_server"))
    made = []
    for name in ("one", "two"):
        with LabAws(tmp_path / name) as aws:
            ec2 = aws.client("ec2", "us-west-2")
            assert len(ec2.describe_images(Owners=["136693071363"])["Images"]) == 2
            made.append({ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(3)})

    assert len(made[0] | made[1]) == 6
