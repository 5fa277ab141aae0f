"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

from pophub.core.contract import for_bash
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


def bash(script: str, **environment: str) -> list[str]:
    done = subprocess.run(
        ["bash", "-euc", f"{for_bash()}{script}"],
        env={"PATH": "/usr/bin:/bin", "HERE": str(CLOUD_INIT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_systemd_reads_the_units_of_every_hub_at_once() -> None:
    units = bash(
        '. "$HERE/helpers.sh"; put_unit() { echo "${2:-$1}"; }; enable_units() { :; }; on_ec2() { true; }; put_units'
    )
    of_workers = {"worker", "worker-image", "workers", "image"}

    assert len(units) == len(set(units))
    every = {file.name for file in (CLOUD_INIT / "systemd").glob("pophub-*.*") if file.suffix != ".conf"}
    assert {*units} - {"caddy.conf", "nftables.conf"} == {
        unit for unit in every if unit.partition(".")[0].removeprefix("pophub-") not in of_workers
    }


def test_docker_comes_with_the_first_programs() -> None:
    assert " ".join(bash('. "$HERE/steps/packages.sh"; echo "${DOCKER[@]}"')) in fetch_bundle.APT


def test_a_docker_that_has_never_run_starts_after_its_settings_are_there(tmp_path: Path) -> None:
    asked = bash(
        """
        . "$HERE/steps/packages.sh"
        readlink() { echo "$LEADS_TO"; }
        remap_containers() { echo "remaps"; }
        put() { echo "writes $2"; }
        has_workers() { false; }
        install_packages() { :; }
        systemctl() { echo "$*"; }
        docker_engine
        LEADS_TO=
        docker_engine
        """,
        EXPORTS=str(tmp_path / "none"),
        LEADS_TO="/dev/null",
    )

    first = ["remaps", "writes /etc/docker/daemon.json", "--quiet unmask docker.service docker.socket"]
    assert asked[:4] == [*first, "start docker.service"]
    # one that runs keeps its settings, whether it is here or not
    assert {*asked[4:]} <= {"remaps", "writes /etc/docker/daemon.json"}


def test_a_page_that_is_written_beside_a_step_tells_the_steps_in_their_order(tmp_path: Path) -> None:
    told = bash(
        """
        . "$HERE/steps/waiting_page.sh"
        STEPS=(a b)
        hub_install() { if [ "$4" = 1 ]; then sleep 0.3; fi; echo "$4 $6"; }
        write_status preparing 1 slowly
        (write_status preparing 2 quickly)
        wait
        flock "$RUN/status.lock" true
        """,
        **dict.fromkeys(("RUN", "STATE", "BUNDLE", "LOG"), str(tmp_path)),
    )

    assert told == ["1 slowly", "2 quickly"]
