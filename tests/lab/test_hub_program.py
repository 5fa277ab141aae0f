"""A fork of JupyterHub's program is started as `python -m jupyterhub` is, and sees nothing of the checkout."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lab.child_process import ChildProcess
from lab.forks import Forks
from lab.venvs import ensure_venv
from lab.wait import wait_until
from pophub.organizer.paths import HUB_CONFIG
from tests.lab.test_child import gone

pytestmark = [
    pytest.mark.hub,
    pytest.mark.skipif(sys.platform != "linux", reason="Forks needs Linux"),
]
# a settings file, which JupyterHub runs at its start
LOOK = """
import importlib.util, json, os, subprocess, sys
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
print("on stdout", flush=True)
print("on stderr", file=sys.stderr, flush=True)
seen = {
    "pophub": importlib.util.find_spec("pophub") is not None,
    "folder": os.getcwd(),
    "python": sys.executable,
    "session": os.getsid(0) == os.getpid(),
    "words": sorted(name for name in os.environ if name.startswith("POPHUB")),
    "leader": os.getpid(),
    "parent": os.getppid(),
    "child": child.pid,
}
with open("seen.json", "w") as file:
    json.dump(seen, file)
"""
LEAVE = "os._exit(4)\n"
HANG = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()\n"


@pytest.fixture(scope="module")
def python() -> str:
    return str(ensure_venv(HUB_CONFIG / "requirements-hub.txt") / "bin" / "python")


@pytest.fixture(scope="module")
def forks(python: str) -> Forks:
    return Forks("lab.hub_program", python)


def start(forks: Forks, folder: Path, then: str) -> ChildProcess:
    (folder / "settings.py").write_text(LOOK + then)
    environment = {"PATH": "/usr/bin:/bin", "POPHUB_WORD": "1"}
    arguments = ["-f", str(folder / "settings.py")]
    return ChildProcess(arguments, log=folder / "log", folder=folder, environment=environment, forks=forks)


def seen(folder: Path) -> dict[str, object]:
    def text() -> str:
        file = folder / "seen.json"
        return file.read_text() if file.exists() else ""

    return dict(json.loads(wait_until(text, 30, "the settings have been read")))


def test_it_has_its_own_folder_session_and_words_and_the_checkout_is_not_on_its_path(
    forks: Forks, python: str, tmp_path: Path
) -> None:
    hub = start(forks, tmp_path, LEAVE)
    wait_until(lambda: hub.ended, 30, "the hub ends")
    found = seen(tmp_path)

    assert (found["pophub"], found["folder"]) == (False, str(tmp_path))
    assert (found["python"], found["session"]) == (python, True)
    assert found["words"] == ["POPHUB_WORD"]
    assert {"on stdout", "on stderr"} <= set((tmp_path / "log").read_text().splitlines())
    assert [gone(int(str(found[it]))) for it in ("leader", "parent", "child")] == [True] * 3


def test_one_that_hangs_is_ended_with_all_that_it_has_started_and_the_next_one_starts(
    forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.child_process.GRACE_SECONDS", 0.2)
    hub = start(forks, tmp_path, HANG)
    found = seen(tmp_path)
    assert not hub.ended
    hub.stop()

    assert hub.ended
    assert [gone(int(str(found[it]))) for it in ("leader", "parent", "child")] == [True] * 3
    (tmp_path / "next").mkdir()
    after = start(forks, tmp_path / "next", LEAVE)
    assert seen(tmp_path / "next")["leader"] != found["leader"]
    after.stop()
