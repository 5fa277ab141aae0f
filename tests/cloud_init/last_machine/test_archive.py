"""The end of an event on its own machine: archived while people work, then closed for good, and all of it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.wait import wait_until
from pophub.aws.bucket import BucketPrefix
from pophub.core.contract import BUNDLE_FOLDER, FINAL_FILE, REPORTS, RUN_FOLDER
from pophub.core.errors import PophubError
from pophub.hub.archive.command import archive_prefix
from pophub.hub.archive.homes import Home
from pophub.hub.archive.receipt import is_verified, receipts_on
from pophub.organizer.destroy.bucket_request import BucketRequest
from pophub.organizer.destroy.restore import restore
from tests.cloud_init.conftest import let_look
from tests.pophub.organizer.destroy.tree import odd_home, state

pytestmark = [pytest.mark.machine, pytest.mark.timeout(1200)]
PROGRAM = f"{BUNDLE_FOLDER}/cloud-init/archive.sh"
DISK = "vol-1"
# the lab's AWS has a certificate of the lab's
AWS_CONFIG = """[default]
ca_bundle = /etc/ssl/certs/ca-certificates.crt
"""
# what the machine runs by itself needs it too
DROP_IN = "[Service]\nEnvironment=AWS_CONFIG_FILE=/etc/aws-config\n"


@pytest.fixture(scope="module", autouse=True)
def trusts_the_lab(machine: ContainerMachine) -> None:
    (machine.root / "etc/aws-config").write_text(AWS_CONFIG)
    drop_in = machine.root / "etc/systemd/system/pophub-requests.service.d/lab.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(DROP_IN)
    machine.run("systemctl", "daemon-reload")


@pytest.fixture(scope="module")
def ada(machine: ContainerMachine) -> Iterator[FakeParticipant]:
    ada = FakeParticipant(machine.url, "ada")
    with on_the_internet(machine):
        ada.sign_in()
        ada.start_server()
        yield ada


@pytest.fixture(scope="module")
def bucket(lab: MachineLab) -> BucketPrefix:
    return archive_prefix(lab.aws.as_scripts_see_it(), lab.event.name, BUCKET, BUCKET_REGION, 90, disk=DISK)


def do(machine: ContainerMachine, *arguments: str) -> dict[str, Any]:
    said = machine.run("env", "AWS_CONFIG_FILE=/etc/aws-config", PROGRAM, *arguments, seconds=600)
    return dict(json.loads(said.splitlines()[-1])) if said else {}


def make(machine: ContainerMachine, lab: MachineLab, *more: str) -> dict[str, Any]:
    return do(machine, "make", lab.event.name, "--bucket", BUCKET, "--region", BUCKET_REGION, "--disk", DISK, *more)


def test_without_tls_the_hub_stands_at_plain_http(machine: ContainerMachine, ada: FakeParticipant) -> None:
    assert machine.url == f"http://{machine.event.domain}"
    assert ada.get("/hub/home").url == f"{machine.url}/hub/home"
    with pytest.raises(requests.RequestException):
        machine.get(f"https://{machine.event.domain}/hub/login")


def test_homes_are_archived_while_people_work(
    machine: ContainerMachine, lab: MachineLab, ada: FakeParticipant, bucket: BucketPrefix
) -> None:
    ada.write_file("notes.txt", "of Monday")
    (machine.root / "srv/data/slides").write_text("shown")
    odd_home(machine.root / "srv/home/grace")

    assert do(machine, "at-work") == {"at_work": ["ada"]}
    assert make(machine, lab)["complete"]
    assert is_verified(bucket)
    assert ada.execute("print(6 * 7)") == "42"


def test_without_an_agent_the_bucket_carries_the_organizer_s_requests(
    machine: ContainerMachine, lab: MachineLab, bucket: BucketPrefix
) -> None:
    def ask(*arguments: str, at_once: bool = False) -> dict[str, Any]:
        """As destroy asks where Systems Manager's agent is silent; the machine's own timer finds it, unless somebody looks."""
        request = BucketRequest(reports, arguments, "the organizer")
        if at_once:
            machine.run("systemctl", "start", "pophub-requests.service", seconds=300)
        else:
            let_look(machine, "pophub-requests.timer")
        wait_until(
            lambda: (request.answer() or {}).get("Status") in ("Success", "Failed"), 240, "the machine has answered"
        )
        answer = request.answer()
        assert answer is not None
        assert answer["Status"] == "Success", answer
        return dict(json.loads(answer["StandardOutputContent"]))

    reports = BucketPrefix(lab.aws.as_scripts_see_it(), BUCKET, BUCKET_REGION, f"{REPORTS}/{lab.event.name}")
    assert ask("at-work") == {"at_work": ["ada"]}
    where = ["--bucket", BUCKET, "--region", BUCKET_REGION, "--disk", DISK]
    assert ask("make", lab.event.name, *where, at_once=True)["complete"]
    assert is_verified(bucket)


def test_what_was_done_since_is_in_the_final_archive_bit_for_bit(
    machine: ContainerMachine, lab: MachineLab, ada: FakeParticipant, bucket: BucketPrefix, tmp_path: Path
) -> None:
    ada.write_file("notes.txt", "of Friday")
    with pytest.raises(PophubError, match="people could work"):
        do(machine, "is-closed")
    assert "closed" in do(machine, "close", DISK)
    assert make(machine, lab, "--final")["complete"]
    do(machine, "is-closed")

    assert {receipt.home for receipt in receipts_on(bucket)} == {"ada", "grace", "shared_data"}
    for home, place in {"ada": "home/ada", "grace": "home/grace", "shared_data": "data"}.items():
        restore(bucket, Home(home, account=home == "shared_data"), tmp_path / home)
        assert state(tmp_path / home) == state(machine.root / "srv" / place), home
    assert (tmp_path / "ada/notes.txt").read_text() == "of Friday"


@pytest.mark.parametrize("unit", ["pophub-hub", "pophub-proxy", "pophub-install", "pophub-refresh"])
def test_nothing_opens_the_hub_again(machine: ContainerMachine, ada: FakeParticipant, unit: str) -> None:
    restart = f"systemctl restart {unit}.service || {{ journalctl --no-pager --lines 30 --unit {unit}; false; }}"
    machine.run("sh", "-c", restart, seconds=300)

    do(machine, "is-closed")
    assert machine.run("docker", "ps", "--quiet") == ""
    assert machine.get(f"{machine.url}/user/ada/lab").status_code >= 500


def test_a_hub_that_opens_at_the_next_boot_takes_the_final_archive_back(
    machine: ContainerMachine, bucket: BucketPrefix
) -> None:
    bucket.put_json(FINAL_FILE, {"archive": "of before"})
    machine.run("rm", f"{RUN_FOLDER}/closed")
    machine.run("systemctl", "start", "pophub-hub.service")

    assert bucket.get_json(FINAL_FILE) == {}
    assert not (machine.root / "srv/pophub/closed").is_symlink()
