"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

import re

from pophub.organizer.deploy.bundle import USER_DATA_LIMIT_BYTES, user_data
from pophub.organizer.paths import CLOUD_INIT


def test_every_step_is_a_function_of_its_own() -> None:
    lines = (CLOUD_INIT / "install-hub.sh").read_text().splitlines()
    start = lines.index("STEPS=(") + 1
    steps = [line.strip().strip('"').partition("|")[0] for line in lines[start : lines.index(")", start)]]
    # it runs before install-hub.sh is there
    assert f'"of": {len(steps)},' in (CLOUD_INIT / "fetch-bundle.sh").read_text()
    assert all(f"\n{step}() {{\n" in (CLOUD_INIT / "steps" / f"{step}.sh").read_text() for step in steps)


def test_the_user_data_fits_into_what_ec2_takes() -> None:
    # a fix of what comes before the bundle must find room
    assert len(user_data().encode()) < USER_DATA_LIMIT_BYTES * 3 / 4


def test_no_unit_stops_for_good_with_one_that_a_person_may_stop() -> None:
    """Requires= and BindsTo= stop a unit with another and start it again with nothing; a disk starts what it has stopped."""
    units = {file.name: file.read_text() for file in (CLOUD_INIT / "systemd").glob("pophub-*.service")}
    bound = [name for name, text in units.items() if re.search(r"^(Requires|BindsTo|PartOf)=", text, re.MULTILINE)]
    on_a_disk = {name for name, text in units.items() if "\nRequiresMountsFor=/srv" in text}
    come_back = {name for name, text in units.items() if re.search(r"^WantedBy=.*\bsrv\.mount$", text, re.MULTILINE)}
    by_timer = {name for name in units if (CLOUD_INIT / "systemd" / name).with_suffix(".timer").exists()}

    assert not bound
    assert on_a_disk
    assert on_a_disk <= come_back | by_timer
