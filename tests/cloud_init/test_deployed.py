"""What Terraform hands to EC2 is what boots."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.event import Event
from pophub.lab.instance import Instance
from pophub.lab.machine_lab import MachineLab
from pophub.lab.site import LabSite
from tests.cloud_init.conftest import GEOWEEK

pytestmark = [pytest.mark.machine, pytest.mark.terraform, pytest.mark.timeout(900)]


def test_the_deployed_user_data_and_bundle_become_the_hub(geoweek: Event, tmp_path: Path) -> None:
    with MachineLab(geoweek, tmp_path, stocked=False) as lab:
        site = LabSite(tmp_path, GEOWEEK, lab.aws, lab.secrets, lambda line: None)
        site.app.deploy("account")
        site.app.deploy(geoweek.name)
        deployed = site.deployment()
        instance = Instance.described(lab.aws, geoweek.region, deployed.instance_id)
        with lab.machine(instance) as machine:
            machine.await_open()
            assert deployed.bundle_sha256 in machine.run("cat", "/opt/pophub/bundle/.pointer.json")
            assert machine.run("cat", "/var/lib/cloud/data/instance-id").strip() == deployed.instance_id
