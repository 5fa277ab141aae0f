"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from pophub.hub.install import fetch_bundle
from pophub.organizer.deploy.bundle import USER_DATA_LIMIT_BYTES, user_data
from pophub.organizer.paths import CLOUD_INIT


def test_every_step_is_a_function_and_a_file_of_its_own() -> None:
    script = (CLOUD_INIT / "install-hub.sh").read_text()
    tables = {
        name: [line.strip().strip('"').split("|") for line in lines.splitlines()]
        for name, lines in re.findall(r"^(\w+)=\(\n(.*?)\n\)$", script, re.MULTILINE | re.DOTALL)
    }
    assert tables.keys() == {"STEPS", "HUB_OF_WORKERS", "WORKER_STEPS"}
    # it runs before install-hub.sh is there
    assert f'"of": {len(tables["STEPS"])},' in Path(fetch_bundle.__file__).read_text()
    steps = [step for table in tables.values() for step in table]
    assert {name for name, _, _ in steps} == {file.stem for file in (CLOUD_INIT / "steps").iterdir()}
    for name, _, _ in steps:
        assert re.search(rf"^{name}\(\) [{{(]$", (CLOUD_INIT / "steps" / f"{name}.sh").read_text(), re.MULTILINE), name
    assert {on_failure for _, _, on_failure in steps} == {"again", "refused"}


def test_a_function_has_one_name_and_one_file() -> None:
    """But `main`, which two scripts have, each for itself."""
    texts = [file.read_text() for file in CLOUD_INIT.rglob("*.sh")]
    names = [name for text in texts for name in re.findall(r"^(\w+)\(\)", text, re.MULTILINE) if name != "main"]

    assert len(names) > 50
    assert not [name for name, number in Counter(names).items() if number > 1]


def test_the_user_data_fits_into_what_ec2_takes() -> None:
    # a fix of what comes before the bundle must find room
    assert len(user_data().encode()) < USER_DATA_LIMIT_BYTES * 4 / 5


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
