"""cloud-init/steps/opening.sh, of it the server that is tried before the hub opens, with a Docker and a systemd of paper."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.organizer.paths import CLOUD_INIT

STEP = """
set -euo pipefail
. "$STEPS/../settle.sh"
. "$STEPS/opening.sh"
docker() { cat "$IMAGE_ID"; }
systemd-run() {
    echo "tried: $*" >>"$LOG"
    [ -z "$SAYS" ] || { printf '%b' "$SAYS" >&2; return 1; }
}
SERVER_IMAGE=pophub-server:event
try_server
"""
Step = Callable[..., tuple[int, str, int]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """An exit code, what was said, and how many servers have been tried by now."""
    for name in ("config", "started"):
        (tmp_path / name).mkdir()
    log, image = tmp_path / "log", tmp_path / "image"
    log.touch()
    image.write_text("sha256:1")
    (tmp_path / "config/event.json").write_text("{}")

    def run(says: str = "") -> tuple[int, str, int]:
        places = dict.fromkeys(("STATE", "OWN", "HUB"), str(tmp_path))
        environment = {
            **places,
            "PATH": "/usr/bin:/bin",
            "CONFIG": str(tmp_path / "config"),
            "STEPS": str(CLOUD_INIT / "steps"),
            "LOG": str(log),
            "IMAGE_ID": str(image),
            "SAYS": says,
        }
        done = subprocess.run(["bash", "-c", STEP], env=environment, capture_output=True, text=True, check=False)
        assert not done.stderr
        return done.returncode, done.stdout, len(log.read_text().splitlines())

    return run


def test_a_server_is_tried_once_for_an_image_and_its_settings(step: Step, tmp_path: Path) -> None:
    assert step() == (0, "", 1)
    assert f"{tmp_path}/config/trial.py {tmp_path}/config/jupyterhub_config.py" in (tmp_path / "log").read_text()
    assert step() == (0, "", 1)
    (tmp_path / "config/event.json").write_text('{"new": 1}')
    assert step() == (0, "", 2)
    (tmp_path / "image").write_text("sha256:2")
    assert step() == (0, "", 3)


def test_why_no_server_starts_is_the_steps_last_line_and_is_tried_again(step: Step) -> None:
    code, said, tried = step(r"a warning of JupyterHub\nYour server ended while it started.\n")

    assert code == 1
    assert said.splitlines() == [
        "a warning of JupyterHub",
        "Your server ended while it started.",
        "no participant's server can be started: Your server ended while it started.",
    ]
    assert step() == (0, "", tried + 1)
