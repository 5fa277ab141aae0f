"""When the repair of flushed packet filters restarts Docker; what it repairs is tried in one_machine/test_services.py."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pophub.organizer.paths import CLOUD_INIT

# of systemd a start limit as Debian's docker.service has it: the next start, after three within a minute, is refused
PROGRAMS = {
    "nft": "exit 0",
    "iptables": "exit $FILTER",
    "docker": "echo $LIVE",
    "systemctl": """
        echo "$*" >>calls
        case "$*" in
        "reset-failed docker.service") : >starts ;;
        "restart docker.service") echo >>starts; [ "$(wc -l <starts)" -le 3 ] ;;
        esac
    """,
}


def repair(folder: Path, **found: str) -> subprocess.CompletedProcess[str]:
    """One run, on a machine where Docker's chain is missing and containers outlive Docker unless `found` says otherwise."""
    for name, script in PROGRAMS.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(
        ["bash", CLOUD_INIT / "repair.sh"],
        env={"PATH": f"{folder}:/usr/bin:/bin", "FILTER": "1", "LIVE": "true", **found},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def restarts(folder: Path) -> int:
    return (folder / "calls").read_text().splitlines().count("restart docker.service")


def test_docker_runs_after_any_number_of_repairs_within_a_minute(tmp_path: Path) -> None:
    assert [repair(tmp_path).returncode for _ in range(5)] == [0] * 5
    assert restarts(tmp_path) == 5


@pytest.mark.parametrize("found", [{"FILTER": "0"}, {"LIVE": "false"}], ids=["nothing is missing", "servers would end"])
def test_docker_is_left_alone_if(tmp_path: Path, found: dict[str, str]) -> None:
    done = repair(tmp_path, **found)

    assert (done.returncode, restarts(tmp_path)) == (0, 0)
    assert ("<3>" in done.stdout) == ("LIVE" in found)
