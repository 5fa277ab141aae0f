"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pophub.paths import CLOUD_INIT, ROOT
from pophub.render import USER_DATA_LIMIT_BYTES, user_data

SCRIPTS = sorted([*CLOUD_INIT.glob("*.sh"), *(ROOT / "pophub" / "lab").glob("*.sh")])


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_has_nothing_to_say(script: str) -> None:
    done = subprocess.run(["shellcheck", "-x", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_every_step_is_a_function_of_its_own() -> None:
    lines = (CLOUD_INIT / "install-hub.sh").read_text().splitlines()
    start = lines.index("STEPS=(") + 1
    steps = [line.strip().strip('"').partition(": ")[0] for line in lines[start : lines.index(")", start)]]
    assert len(steps) == 9
    assert {f"{step}() {{" for step in steps} <= set(lines)


def test_the_user_data_fits_into_what_ec2_takes() -> None:
    assert len(user_data().encode()) < USER_DATA_LIMIT_BYTES / 2
