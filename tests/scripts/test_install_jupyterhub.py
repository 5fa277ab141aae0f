"""`make install_jupyterhub` as a shell sees it. That it makes a hub is shown in tests/cloud_init/test_any_server.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pophub.core.contract import SECRETS_FILE, SETTINGS_FOLDER
from pophub.organizer.deploy.own_server import OLDEST_DEBIAN, OS_RELEASE, SECRETS
from pophub.organizer.paths import ROOT
from tests.scripts.test_config import event_in

SCRIPT = ROOT / "scripts" / "install_jupyterhub.py"
SUITABLE = any(f'VERSION_ID="{version}"' in OS_RELEASE.read_text() for version in range(OLDEST_DEBIAN, 99))


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if "GITHUB" not in key} | {"COLUMNS": "200", **environment}
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=60, check=False)


def test_a_dry_run_says_what_it_would_do_or_why_it_cannot_be_done_here(tmp_path: Path) -> None:
    ran = run(str(event_in(tmp_path)), "--dry-run", GITHUB_CLIENT_ID="a", GITHUB_CLIENT_SECRET="b")

    assert (ran.returncode, ran.stdout) == (0 if SUITABLE else 1, "")
    assert (
        f"GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET into {SETTINGS_FOLDER}/{SECRETS_FILE}, for root alone"
        if SUITABLE
        else f"a hub needs Debian {OLDEST_DEBIAN} or newer"
    ) in ran.stderr
    assert not SECRETS.exists()


def test_an_event_with_problems_is_told_first(tmp_path: Path) -> None:
    file = event_in(tmp_path)
    file.write_text(file.read_text().replace("participants: 60", "participants: 0"))

    ran = run(str(file))

    assert ran.returncode == 1
    assert "participants" in ran.stderr
