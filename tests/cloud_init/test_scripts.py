"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

from pophub.paths import CLOUD_INIT
from pophub.render import USER_DATA_LIMIT_BYTES, user_data


def test_every_step_is_a_function_of_its_own() -> None:
    lines = (CLOUD_INIT / "install-hub.sh").read_text().splitlines()
    start = lines.index("STEPS=(") + 1
    steps = [line.strip().strip('"').partition(": ")[0] for line in lines[start : lines.index(")", start)]]
    assert len(steps) == 9
    assert all(f"\n{step}() {{\n" in (CLOUD_INIT / "steps" / f"{step}.sh").read_text() for step in steps)


def test_the_user_data_fits_into_what_ec2_takes() -> None:
    # a fix of what comes before the bundle must find room
    assert len(user_data().encode()) < USER_DATA_LIMIT_BYTES * 3 / 4
