"""cloud-init/apt.sh: another program's locks are waited for, and named when they are not given back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pophub.organizer.paths import CLOUD_INIT

LISTS = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 612 (apt-get)"
DOWNLOADS = "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 614 (unattended-upgr)"
# it fails as often as there are words for it
APT_GET = """#!/bin/sh
echo "$*" >>"$CALLS"
[ -e "$WORDS" ] || exit 0
cat "$WORDS" >&2
rm "$WORDS"
exit 100
"""


def apt_get(folder: Path, words: str, *, patience: int = 60) -> subprocess.CompletedProcess[str]:
    program = folder / "apt-get"
    program.write_text(APT_GET)
    program.chmod(0o755)
    (folder / "words").write_text(words)
    script = f'. "{CLOUD_INIT}/apt.sh"; LOCK_SECONDS={patience}; apt_get update; code=$?; echo "held: $apt_is_held"; exit $code'
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "CALLS": str(folder / "calls"),
        "WORDS": str(folder / "words"),
    }
    return subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("held", [LISTS, DOWNLOADS])
def test_a_lock_is_waited_for(tmp_path: Path, held: str) -> None:
    done = apt_get(tmp_path, held)

    assert done.returncode == 0
    assert done.stderr == f"another program uses apt, and is waited for: {held}\n"
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def test_a_lock_that_is_never_given_back_is_named(tmp_path: Path) -> None:
    done = apt_get(tmp_path, LISTS, patience=0)

    assert done.returncode == 100
    assert done.stdout == f"held: another program uses apt: {LISTS.removeprefix('E: ')}\n"
    assert done.stderr.splitlines()[-1] == f"another program uses apt: {LISTS.removeprefix('E: ')}"


def test_any_other_failure_is_apt_s_own_at_once(tmp_path: Path) -> None:
    done = apt_get(tmp_path, "E: Unable to locate package caddy")

    assert (done.returncode, done.stdout) == (100, "held: \n")
    assert done.stderr == "E: Unable to locate package caddy\n"


def test_dpkg_s_own_lock_is_left_to_apt(tmp_path: Path) -> None:
    apt_get(tmp_path, LISTS)

    assert all("DPkg::Lock::Timeout=300" in call for call in (tmp_path / "calls").read_text().splitlines())
