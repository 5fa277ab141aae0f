"""What comes after the first time: a second run, a bad bundle, a blank disk; a reboot is in test_browser.py."""

from __future__ import annotations

import pytest

from lab.machine.container import ContainerMachine
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, HUB_FOLDER, METER_FILE, STATE_FOLDER
from pophub.core.errors import PophubError
from pophub.organizer.deploy.bundle import build_bundle
from tests.cloud_init.test_refresh import at_work

pytestmark = pytest.mark.machine
UNITS = ("caddy", "docker", "pophub-firewall", "pophub-hub", "pophub-proxy")
FILES = (
    rf"find /etc /opt/pophub {STATE_FOLDER} /srv -type f ! -name '*.sqlite*' ! -name '*.pyc' ! -name tried.json ! -name refusal "
    rf"! -name {METER_FILE} -printf '%p %T@ %m %u\n'"
)


def state(machine: LabMachine) -> list[str]:
    """Everything that a run of install-hub.sh could change."""
    units = machine.run("systemctl", "show", "--property=Id,MainPID,InvocationID", *UNITS)
    files = sorted(machine.run("sh", "-c", FILES).splitlines())
    # without the ages of the images, which change by themselves
    images = machine.run("docker", "image", "ls", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}")
    docker = images + machine.run("docker", "network", "inspect", "pophub")
    return [*files, units, docker, machine.run("nft", "list", "table", "inet", "pophub")]


def test_a_second_run_changes_nothing(machine: ContainerMachine) -> None:
    # the hub is open before the first run has tidied up, and cloud-init ends after it
    wait_until(lambda: not at_work(machine), 60, "the first run has ended")
    machine.run("cloud-init", "status", "--wait", check=False)
    before = state(machine)
    machine.run("systemctl", "restart", "pophub-install")
    assert state(machine) == before


def test_a_bundle_that_is_not_the_deployed_one_is_refused(machine: LabMachine, lab: MachineLab) -> None:
    before = state(machine)
    new = build_bundle(plan_of(lab.event))
    try:
        lab.put_in_bucket(new, sha256="0" * 64)
        with pytest.raises(PophubError, match="is not the one that was deployed: its sha256 differs"):
            machine.run("pophub-fetch-bundle", BUNDLE_FOLDER)
    finally:
        lab.put_in_bucket(new)
    assert state(machine) == before
    assert machine.get(f"{machine.url}/hub/health").status_code == 200


def test_a_machine_with_a_blank_disk_takes_the_certificate_of_the_one_before(machine: LabMachine) -> None:
    issued = machine.acme.issued
    machine.run("systemctl", "stop", "caddy")
    machine.run("rm", "-r", f"{HUB_FOLDER}/caddy")
    assert not machine.is_open()
    machine.run("systemctl", "restart", "pophub-install")
    assert machine.is_open()
    assert machine.acme.issued == issued
