"""What Terraform hands to EC2 is what boots, and what it hands there later is what the hub becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.instance import Instance
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.site import LabSite
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, POINTER_FILE
from pophub.organizer.event.event import Event
from tests.cloud_init.conftest import GEOWEEK

pytestmark = [pytest.mark.machine, pytest.mark.terraform, pytest.mark.timeout(1200)]
WITHIN_SECONDS = 120
NEW_TITLE = "Geo Week, renamed"


def test_the_deployed_user_data_and_bundle_become_the_hub(geoweek: Event, tmp_path: Path) -> None:
    with MachineLab(geoweek, tmp_path, stocked=False) as lab:
        site = LabSite(tmp_path, GEOWEEK, lab.aws, lab.secrets, lambda line: None)
        site.app.deploy("account")
        site.app.deploy(geoweek.name)
        deployed = site.deployment()
        instance = Instance.described(lab.aws, geoweek.region, deployed.instance_id)
        with lab.machine(instance) as machine:
            machine.await_open()
            assert deployed.bundle_sha256 in machine.run("cat", f"{BUNDLE_FOLDER}/{POINTER_FILE}")
            assert machine.run("cat", "/var/lib/cloud/data/instance-id").strip() == deployed.instance_id
            ada = FakeParticipant(machine.url, "ada")
            with on_the_internet(machine):
                ada.sign_in()
                ada.start_server()
                with ada.kernel() as run:
                    run("answer = 42")
                    _change_the_event(site)
                    again = site.deployment()
                    assert again.instance_id == deployed.instance_id
                    assert again.bundle_sha256 != deployed.bundle_sha256
                    # by its own timer, and nobody's hand
                    wait_until(lambda: NEW_TITLE in _login_page(machine), WITHIN_SECONDS, "the change has arrived")
                    assert run("print(answer)") == "42"


def _change_the_event(site: LabSite) -> None:
    old = f"title: {site.event.title}\n"
    text = site.file.read_text()
    assert old in text
    site.file.write_text(text.replace(old, f"title: {NEW_TITLE}\n"))
    site.app.deploy(site.event.name)


def _login_page(machine: ContainerMachine) -> str:
    return machine.get(f"{machine.url}/hub/login").text
