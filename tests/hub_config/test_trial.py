"""The server that is tried before the hub opens, with a spawner that has no Docker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SPAWNER = r"""
import asyncio
from pathlib import Path
from jupyterhub.spawner import Spawner
from sections.containers import NotStarted

class Quick(Spawner):
    name_template = ""

    async def docker(self, command):
        return {"DockerRootDir": "/var/lib/docker"}

    @property
    def volume_binds(self):
        return {home: {"bind": place, "mode": "rw"} for home, place in self.volumes.items()}

    async def start(self):
        assert self.image == "an:image"
        self.running = True
        if @ENDS@:
            raise NotStarted("Your server ended while it started.", ("no module named jupyterhub",))
        async def answer(reader, writer):
            if @SILENT@:
                return writer.close()
            request = await reader.readuntil(b"\r\n\r\n")
            assert request.startswith(b"GET /user/pophub-trial/api "), request
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self.server_ = await asyncio.start_server(answer, "127.0.0.1", 0)
        environment = self.get_env()
        assert environment["JUPYTERHUB_SERVICE_PREFIX"] == "/user/pophub-trial/"
        assert environment["JUPYTERHUB_API_URL"].endswith("/hub/api")
        assert "POPHUB_CONTENT" not in environment
        (home,) = self.volume_binds
        assert Path(home).is_dir()
        Path("@HOME@").write_text(home)
        return self.server_.sockets[0].getsockname()

    async def poll(self):
        return None if self.running else 0

    async def stop(self, now=False):
        self.running = False
        Path("@STOPPED@").touch()

c.JupyterHub.spawner_class = Quick
"""


# as the program does, but it waits only for two seconds
IMPATIENT = "import sys, trial; trial.ANSWER_SECONDS = 2; trial.main(trial.Path(sys.argv[1]), sys.argv[2])"


def trial(
    hub_folder: Path, folder: Path, *, ends: bool = False, silent: bool = False
) -> subprocess.CompletedProcess[str]:
    settings = (
        SPAWNER.replace("@ENDS@", str(ends)).replace("@SILENT@", str(silent)).replace("@HOME@", str(folder / "home"))
    )
    (hub_folder / "config.d").mkdir(exist_ok=True)
    (hub_folder / "config.d/quick.py").write_text(settings.replace("@STOPPED@", str(folder / "stopped")))
    program = ["-c", IMPATIENT] if silent else [hub_folder / "trial.py"]
    command = [sys.executable, "-B", *program, hub_folder / "jupyterhub_config.py", "an:image"]
    environment = {**os.environ, "PYTHONPATH": str(hub_folder)}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_a_server_that_answers_is_stopped_and_leaves_nothing(hub_folder: Path, tmp_path: Path) -> None:
    done = trial(hub_folder, tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "stopped").exists()
    assert not Path((tmp_path / "home").read_text()).exists()


def test_the_last_line_says_why_a_server_does_not_start(hub_folder: Path, tmp_path: Path) -> None:
    done = trial(hub_folder, tmp_path, ends=True)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Your server ended while it started. no module named jupyterhub"


def test_a_server_that_never_answers_is_stopped_and_named(hub_folder: Path, tmp_path: Path) -> None:
    done = trial(hub_folder, tmp_path, silent=True)

    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith("TimeoutError: Server at http://127.0.0.1:")
    assert said.endswith("/user/pophub-trial/api didn't respond in 2 seconds")
    assert (tmp_path / "stopped").exists()
