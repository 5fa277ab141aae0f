"""`make config` as a shell sees it: a folder of what lands on a hub."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pophub.core.contract import BUNDLE_FOLDER, EVENT_FILE
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

SCRIPT = ROOT / "scripts" / "config.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )


def event_in(folder: Path) -> Path:
    """The example, in a year that is not past for a while."""
    path = folder / "geo-hackweek.yaml"
    path.write_text(EXAMPLE_EVENT.read_text().replace("2027-03", "2190-03"))
    return path


def test_the_folder_holds_what_lands_on_the_hub_and_its_name_is_the_result(tmp_path: Path) -> None:
    ran = run(str(event_in(tmp_path)), "--into", str(tmp_path / "hub"))

    assert (ran.returncode, ran.stdout) == (0, f"{tmp_path / 'hub'}\n")
    assert f"as {BUNDLE_FOLDER} of a Debian server, cloud-init/install-hub.sh in it" in ran.stderr
    assert json.loads((tmp_path / f"hub/hub-config/{EVENT_FILE}").read_text())["title"] == "Geo Hackweek 2027"


def test_an_event_with_problems_writes_nothing(tmp_path: Path) -> None:
    file = event_in(tmp_path)
    file.write_text(file.read_text().replace("participants: 60", "participants: 0"))

    ran = run(str(file), "--into", str(tmp_path / "hub"))

    assert ran.returncode == 1
    assert "participants" in ran.stderr
    assert not (tmp_path / "hub").exists()
