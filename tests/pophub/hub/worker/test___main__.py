"""A worker's own side: its report, its end, and that a hub's disk that hangs keeps it from neither."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pophub.core import contract
from pophub.hub.worker import __main__ as worker
from pophub.hub.worker.alone import Alone, End
from pophub.hub.worker.metadata import Metadata, Unreadable
from pophub.organizer.paths import ROOT
from tests.pophub.hub.test_server_memory import group, process

NOTICE = datetime(2027, 3, 1, 12, 2, tzinfo=UTC)
NOBODY = ("127.0.0.1", 9)
LOADED = """
import sys
import pophub.hub.worker.__main__
print([name for name, it in sys.modules.items() if "site-packages" in (getattr(it, "__file__", "") or "")])
"""


class _Told(Metadata):
    """Metadata that answers with a notice, or with an error."""

    def __init__(self, found: datetime | Unreadable | None) -> None:
        super().__init__()
        self.found = found

    def notice(self) -> datetime | None:
        if isinstance(self.found, Unreadable):
            raise self.found
        return self.found


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    folder.mkdir()
    return folder


def test_a_look_reports_servers_and_a_notice_that_lasts(proc: Path, tmp_path: Path) -> None:
    machine = worker.Worker("i-1", _Told(NOTICE), proc, engine=tmp_path, manager=NOBODY)
    report, end = machine.observe(12.5)
    assert report == {"servers": {}, "memory": {}, "notice": NOTICE.isoformat(), "joined": False, "up": 12.5}
    assert end is End.NOT
    machine.metadata = _Told(Unreadable("no answer"))

    assert machine.observe(17.5)[0] == {
        "servers": {},
        "memory": {},
        "notice": NOTICE.isoformat(),
        "joined": False,
        "up": 17.5,
    }


@pytest.mark.parametrize("folder", ["swarm/certificates", "1000000.1000000/swarm/certificates"])
def test_a_worker_is_in_a_swarm_if_docker_has_its_certificate(proc: Path, tmp_path: Path, folder: str) -> None:
    machine = worker.Worker("i-1", _Told(None), proc, engine=tmp_path / "docker", manager=NOBODY)
    (tmp_path / "docker" / folder).mkdir(parents=True)
    (tmp_path / "docker" / folder / "swarm-node.crt").touch()
    report, _ = machine.observe(1)

    assert report is not None
    assert report["joined"] is True


def test_a_look_reports_the_memory_of_each_server(proc: Path, tmp_path: Path) -> None:
    process(proc, 10, "ada", "0::/docker/a\n")
    group(tmp_path / "cgroups/docker/a", {"memory.current": "1000\n", "memory.stat": "inactive_file 400\n"})
    machine = worker.Worker("i-1", _Told(None), proc, tmp_path / "cgroups", tmp_path, manager=NOBODY)
    report, _ = machine.observe(1)

    assert report is not None
    assert report["memory"] == {"ada": 600}


def test_processes_that_cannot_be_read_are_no_report(tmp_path: Path) -> None:
    machine = worker.Worker("i-1", _Told(None), tmp_path / "missing", manager=NOBODY)

    assert machine.observe(1)[0] is None


def test_a_manager_answers_if_it_accepts_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert worker.answers(listening.getsockname())
    assert not worker.answers(NOBODY)


def test_a_worker_without_a_manager_asks_to_be_ended(proc: Path) -> None:
    machine = worker.Worker("i-1", _Told(None), proc, manager=NOBODY, alone=Alone(since=0))

    assert machine.observe(1800)[1] is End.ASK


def test_the_report_replaces_the_earlier_one_in_one_step(tmp_path: Path) -> None:
    file = tmp_path / "i-1.json"
    worker.write(file, {"up": 1})
    worker.write(file, {"up": 2})

    assert json.loads(file.read_text()) == {"up": 2}
    assert [it.name for it in tmp_path.iterdir()] == ["i-1.json"]


def test_on_a_full_disk_the_earlier_report_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "i-1.json"
    worker.write(file, {"up": 1})
    # https://man7.org/linux/man-pages/man4/full.4.html
    (tmp_path / ".i-1.json.new").symlink_to("/dev/full")
    worker.write(file, {"up": 2})

    assert json.loads(file.read_text()) == {"up": 2}


def test_a_report_that_cannot_be_written_is_said_and_the_next_one_is_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest: queue.Queue[dict[str, object]] = queue.Queue()
    file = tmp_path / "later" / "i-1.json"
    threading.Thread(target=worker.write_all, args=(file, newest), daemon=True).start()
    newest.put({"up": 1})
    _wait(lambda: "cannot be written" in capsys.readouterr().out)
    file.parent.mkdir()
    newest.put({"up": 2})

    _wait(file.exists)
    # of the write, which may have waited
    assert abs(json.loads(file.read_text())["clock"] - file.stat().st_mtime) < 2


def _wait(until: object) -> None:
    end = time.monotonic() + 5
    while not until():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_worker_asks_by_its_script_and_says_what_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "end-worker"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    script.chmod(0o755)
    worker.end_itself(End.ASK, (str(script),))
    assert (tmp_path / "asked").exists()
    script.write_text("#!/bin/sh\nexit 22\n")
    worker.end_itself(End.ASK, (str(script),))

    assert "returned non-zero exit status 22" in capsys.readouterr().out


def test_it_needs_nothing_but_python() -> None:
    done = subprocess.run([sys.executable, "-S", "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_unit_needs_no_disk_of_the_hub_to_start() -> None:
    unit = (ROOT / "cloud-init" / "systemd" / "pophub-worker.service").read_text()
    settings = [line for line in unit.splitlines() if not line.startswith("#")]

    assert "ExecStart=/usr/bin/python3 -B -m pophub.hub.worker" in settings
    assert not [it for it in settings if it.startswith(("RequiresMountsFor", "Requires"))]
    assert any(contract.WORKERS_FOLDER.startswith(it.partition("=")[2]) for it in settings if "ReadWritePaths" in it)
