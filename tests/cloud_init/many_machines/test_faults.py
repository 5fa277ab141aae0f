"""What goes wrong around a machine: people and the journal are told what and what to do, and once it is gone all is well.

One machine meets them one after the other on its way to an open hub, so these tests run in their order, and together. It is
the hub of an event with workers, which test_workers.py goes on with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant, Refused
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import BUCKET_REGION, MachineLab
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import HUB_FOLDER
from pophub.organizer.deploy.bundle import build_bundle
from tests.cloud_init.conftest import FAKETIME
from tests.cloud_init.test_birth import status, written

pytestmark = [pytest.mark.machine, pytest.mark.timeout(600)]
INSTALL = "pophub-install.service"
DROP_INS = "run/systemd/system/pophub-install.service.d"
SECONDS = 120


@pytest.fixture(scope="module")
def machine(lab: MachineLab, newborn: ContainerMachine) -> ContainerMachine:
    """It cannot reach Parameter Store, which it asks again after two seconds, and its authority refuses."""
    drop_in(newborn, "retry").write_text("[Service]\nRestartSec=2\n")
    lead_nowhere(newborn, f"ssm.{lab.event.region}.amazonaws.com")
    newborn.acme.refuse(lab.event.domain)
    return newborn


def drop_in(machine: ContainerMachine, name: str) -> Path:
    """A file with settings of the installation's unit, until the next boot."""
    folder = machine.root / DROP_INS
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.conf"


def lead_nowhere(machine: ContainerMachine, *names: str) -> None:
    """From now on these names lead to a closed port, and those of before where they should."""
    lines = [f"127.0.0.9 {name}\n" for name in names]
    (machine.root / "etc/hosts").write_text("127.0.0.1 localhost\n" + "".join(lines))


@contextmanager
def out_of_reach(machine: ContainerMachine, *names: str) -> Iterator[None]:
    lead_nowhere(machine, *names)
    try:
        yield
    finally:
        lead_nowhere(machine)


def told(machine: ContainerMachine, words: str) -> None:
    """The page and the journal say it, the page's words being the journal's."""

    def on_the_page() -> bool:
        try:
            answer = machine.get(f"http://{machine.event.domain}/", allow_redirects=False)
        except requests.RequestException:
            return False
        failed = (status(machine) or {}).get("failed") or ""
        return answer.status_code == 503 and (words in answer.text or words in failed)

    wait_until(lambda: words in written(machine).get("failed", ""), SECONDS, f"the machine says: {words}")
    wait_until(on_the_page, SECONDS, f"the page says: {words}")
    assert words in machine.journal(INSTALL)


def again(machine: ContainerMachine) -> None:
    """What the machine does by itself every 20 seconds."""
    machine.run("systemctl", "restart", "--no-block", INSTALL)


def deploy(lab: MachineLab, **server: Any) -> None:
    lab.put_in_bucket(
        build_bundle(plan_of(lab.event.model_copy(update={"server": lab.event.server.model_copy(update=server)})))
    )


def test_parameter_store_is_out_of_reach(machine: ContainerMachine) -> None:
    told(machine, "the parameter /pophub/manyweek/bundle cannot be read: is the event deployed")


def test_the_bucket_is_out_of_reach(machine: ContainerMachine) -> None:
    with out_of_reach(machine, f"s3.{BUCKET_REGION}.amazonaws.com"):
        # by itself, without our help
        told(machine, "cannot be fetched: is it there, and may this machine's role read it?")
    drop_in(machine, "retry").unlink()
    machine.run("systemctl", "daemon-reload")
    assert machine.run("systemctl", "show", "--property=RestartUSec", "--value", INSTALL).strip() == "20s"


def test_a_bundle_that_is_not_the_deployed_one(machine: ContainerMachine, lab: MachineLab) -> None:
    lab.put_in_bucket(build_bundle(plan_of(lab.event)), sha256="0" * 64)
    again(machine)
    told(machine, "is not the one that was deployed: its sha256 differs from 000")


@pytest.mark.usefixtures("faketime")
def test_the_clock_is_wrong(machine: ContainerMachine) -> None:
    file = drop_in(machine, "clock")
    file.write_text(f"[Service]\nEnvironment=LD_PRELOAD={FAKETIME} FAKETIME=-4000d DONT_FAKE_MONOTONIC=1\n")
    machine.run("systemctl", "daemon-reload")
    again(machine)
    told(machine, "the machine's clock is wrong: it says 20")
    assert "certificate is not yet valid" in machine.journal(INSTALL)
    file.unlink()
    machine.run("systemctl", "daemon-reload")


def test_the_secrets_are_not_there(machine: ContainerMachine, lab: MachineLab) -> None:
    with without_secrets(lab) as missing:
        lab.put_in_bucket(build_bundle(plan_of(lab.event)))
        again(machine)
        told(machine, missing)
        assert (status(machine) or {})["failed"] == missing


@contextmanager
def without_secrets(lab: MachineLab) -> Iterator[str]:
    """What the machine says of it."""
    names = [f"/pophub/{lab.event.name}/github_client_{part}" for part in ("id", "secret")]
    lab.aws.client("ssm", lab.event.region).delete_parameters(Names=names)
    try:
        yield f"Parameter Store has no {', '.join(names)}: deploy again"
    finally:
        lab.write_secrets()


def test_the_disk_is_full(machine: ContainerMachine, lab: MachineLab) -> None:
    place = "/opt/pophub/environments"
    # too little for a virtualenv too: pip would first download everything, for 25 s of a processor
    machine.run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place)
    lab.put_in_bucket(build_bundle(plan_of(lab.event)))
    again(machine)
    told(machine, f"the disk is full ({place}: ")
    machine.run("umount", "--lazy", place)


def test_the_image_does_not_exist(machine: ContainerMachine, lab: MachineLab) -> None:
    deploy(lab, image="quay.io/jupyter/scipy-notebook:absent")
    again(machine)
    name = "quay.io/jupyter/scipy-notebook:absent"
    told(machine, f"the image {name} cannot be pulled: manifest unknown. ")


def test_the_registry_is_out_of_reach(machine: ContainerMachine, lab: MachineLab) -> None:
    with out_of_reach(machine, "quay.io"):
        # it remembers for a while where it was
        machine.run("systemctl", "restart", "docker")
        deploy(lab, image="quay.io/jupyter/scipy-notebook:another")
        again(machine)
        told(machine, 'scipy-notebook:another cannot be pulled: Get "https://quay.io/v2/": ')


def test_the_authority_refuses_a_certificate(machine: ContainerMachine, lab: MachineLab) -> None:
    lab.put_in_bucket(build_bundle(plan_of(lab.event)))
    again(machine)
    told(machine, "there is no certificate (it refuses: rejectedIdentifier - ")
    machine.acme.refuse()
    # unlike Let's Encrypt, the lab's authority has forgotten who asked it before
    machine.run("rm", "-r", f"{HUB_FOLDER}/caddy/acme")
    machine.trust(machine.acme.root.read_text())
    machine.run("systemctl", "restart", "caddy")
    again(machine)


def test_when_all_is_well_again_a_retry_finishes_the_job(machine: ContainerMachine) -> None:
    machine.await_open(machine.seconds + SECONDS)
    wait_until(lambda: written(machine).get("state") == "ready", SECONDS, "the installation is done")
    wait_until(lambda: "the hub is ready at" in machine.journal(INSTALL), SECONDS, "the journal says it too")


def test_a_wrong_oauth_secret_is_told_to_whoever_signs_in(machine: ContainerMachine, lab: MachineLab) -> None:
    lab.write_parameters({"github_client_secret": "wrong"}, kind="SecureString")
    machine.run("systemctl", "restart", INSTALL)
    ada = FakeParticipant(machine.url, "ada")
    with on_the_internet(machine), pytest.raises(Refused) as refused:
        ada.sign_in()
    assert "GitHub does not accept this hub's client id and secret" in refused.value.text
    assert "GitHub does not accept this hub's client id and secret" in machine.journal("pophub-hub")


def test_a_hub_that_was_open_once_and_does_not_answer_shows_the_page_too(
    machine: ContainerMachine, lab: MachineLab
) -> None:
    """As at a later boot."""
    with without_secrets(lab) as missing:
        machine.run("systemctl", "stop", "pophub-hub", "pophub-proxy")
        again(machine)
        wait_until(lambda: written(machine).get("failed") == missing, SECONDS, "the machine says it")
        wait_until(lambda: (status(machine, machine.url) or {}).get("failed") == missing, SECONDS, "the page says it")
        assert machine.get(machine.url).status_code == 503
    again(machine)
    machine.await_open(machine.seconds + SECONDS)
    wait_until(lambda: written(machine).get("state") == "ready", SECONDS, "it is ready")
    assert (status(machine, machine.url) or {})["state"] == "ready"
    # with the right secret
    with on_the_internet(machine):
        FakeParticipant(machine.url, "ada").sign_in()
