"""The shell scripts by themselves, without a machine."""

from __future__ import annotations

import re
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest

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
        """
        . "$HERE/helpers.sh"
        put_unit() { echo "${2:-$1}"; }
        put_changed_units() { printf '%s\n' "$@"; }
        enable_units() { :; }
        on_ec2() { true; }
        put_units
        """
    )
    of_workers = {"worker", "worker-image", "workers", "image"}

    assert len(units) == len(set(units))
    every = {file.name for file in (CLOUD_INIT / "systemd").glob("pophub-*.*") if file.suffix != ".conf"}
    assert {*units} - {"caddy.conf", "nftables.conf"} == {
        unit for unit in every if unit.partition(".")[0].removeprefix("pophub-") not in of_workers
    }


def test_only_units_that_differ_are_written_and_then_systemd_reads_them_again(tmp_path: Path) -> None:
    (tmp_path / "pophub-hub.service").write_text("of an earlier bundle\n")
    (tmp_path / "pophub-stop.service").write_text((CLOUD_INIT / "systemd/pophub-stop.service").read_text())
    put = """
        . "$HERE/helpers.sh"
        UNITS=$RUN
        read_units() { if [ -e "$RUN/units-changed" ]; then echo read; rm "$RUN/units-changed"; fi; }
        install() { echo "writes ${*: -2}"; command install "$@"; }
        for at in 1 2; do
            put_changed_units pophub-proxy.service pophub-hub.service pophub-stop.service
            read_units
            put_unit caddy.service.d/pophub.conf caddy.conf
            read_units
        done
    """

    # the new one and the one that differs at once, then the last, and the second time nothing
    systemd = CLOUD_INIT / "systemd"
    assert bash(put, RUN=str(tmp_path)) == [
        f"writes {systemd}/pophub-proxy.service {systemd}/pophub-hub.service",
        "read",
        f"writes {systemd}/caddy.conf {tmp_path}/caddy.service.d/pophub.conf",
        "read",
    ]
    written = {"pophub-proxy.service": "pophub-proxy.service", "pophub-hub.service": "pophub-hub.service"}
    for name, source in {**written, "caddy.service.d/pophub.conf": "caddy.conf"}.items():
        assert (tmp_path / name).read_text() == (CLOUD_INIT / "systemd" / source).read_text()


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


def test_the_servers_network_is_made_once_though_two_ask_for_it_at_the_same_time(tmp_path: Path) -> None:
    asked = """
        . "$HERE/steps/network.sh"
        docker() { case $2 in inspect) [ -e "$RUN/made" ] ;; create) sleep 0.3; echo created; touch "$RUN/made" ;; esac; }
        make_network &
        make_network
        wait
    """

    assert bash(asked, RUN=str(tmp_path)) == ["created"]


def test_the_image_is_begun_once_though_two_steps_begin_it(tmp_path: Path) -> None:
    begun = """
        . "$HERE/steps/image.sh"
        . "$HERE/steps/packages.sh"
        . "$HERE/steps/waiting_page.sh"
        make_image() { echo >>"$RUN/images"; }
        systemctl() { false; }
        docker_waits() { true; }
        on_ec2() { false; }
        for it in hub_install put serve install_packages docker_engine docker_programs make_environment; do
            eval "$it() { :; }"
        done
        # each in a process of its own, as in a run
        (waiting_page && wait)
        (packages && wait)
        wc -l <"$RUN/images"
    """

    assert bash(begun, **dict.fromkeys(("RUN", "OWN", "PAGE", "WORK"), str(tmp_path))) == ["1"]


@pytest.mark.parametrize(("docker", "made"), [("runs", ["makes the network"]), ("", [])])
def test_where_docker_runs_already_the_servers_network_is_made_beside_the_first_steps(
    tmp_path: Path, docker: str, made: list[str]
) -> None:
    done = """
        . "$HERE/steps/waiting_page.sh"
        systemctl() { [ -n "$DOCKER" ]; }
        make_network() { touch "$RUN/makes the network"; }
        install_packages() { :; }
        hub_install() { :; }
        put() { :; }
        serve() { :; }
        docker_waits() { false; }
        on_ec2() { false; }
        waiting_page
        wait
        ls "$RUN" | grep makes || true
    """

    places = dict.fromkeys(("RUN", "OWN", "PAGE", "WORK"), str(tmp_path))
    assert bash(done, DOCKER=docker, **places) == made


def test_a_program_that_listens_is_noticed_and_one_that_does_not_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as here:
        port = str(here.getsockname()[1])
        script = '. "$HERE/helpers.sh"; listens 0 127.0.0.1 $PORT && echo listens || echo silent'
        assert bash(script, PORT=port) == ["listens"]
    assert bash(script, PORT=port) == ["silent"]
