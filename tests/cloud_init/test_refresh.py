"""What a deployment changes while people work: settings, secrets and the certificate's source; and what it cannot break.

The first deployment and the first change are Terraform's; what comes later is put where Terraform would put it.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.instance import Instance
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.plans import plan_of
from lab.site import LabSite
from lab.wait import wait_until
from pophub.core.contract import (
    BUNDLE_FOLDER,
    EVENT_FILE,
    HUB_FOLDER,
    POINTER_FILE,
    RUN_FOLDER,
    SECRETS_FILE,
    SETTINGS_FOLDER,
    STATE_FOLDER,
)
from pophub.core.errors import PophubError
from pophub.organizer.deploy.bundle import Bundle, build_bundle
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.sections import Tls
from pophub.organizer.paths import ROOT
from tests.cloud_init.conftest import GEOWEEK, let_look
from tests.cloud_init.test_birth import status

pytestmark = [pytest.mark.machine, pytest.mark.terraform, pytest.mark.timeout(1200)]
REFRESH, INSTALL = "pophub-refresh.service", "pophub-install.service"
WITHIN_SECONDS = 120
CHANGED, RENAMED = "Geo Week, changed", "Geo Week, renamed"
# what is installed is the bundle's that it came from
INSTALLED = "find /opt/pophub/bundles /opt/pophub/environments -maxdepth 1"
IMAGE_STEP = "cloud-init/steps/image.sh"
# a registry may answer later; once it has been asked, the hub starts from the bundle that is only tried
ASKS_A_REGISTRY = f"""{(ROOT / IMAGE_STEP).read_text()}
image() {{
    if [ -e /run/asked ]; then systemctl restart pophub-hub; fi
    touch /run/asked
    fail 'no registry'
}}"""
# an organizer's settings are a program, which reaches nothing of the machine while it is only looked at
WRITES = """
try:
    open('/etc/pophub/written', 'w')
except OSError:
    c.JupyterHub.hub_port = 'no'
"""
NOTHING = "the new bundle is refused, and has changed nothing: the new bundle is bad: "
CERTIFICATE, KEY = "/etc/pophub/own/hub.pem", "/etc/pophub/own/hub.key"
OWN = Tls(mode="files", certificate=CERTIFICATE, key=KEY)


@pytest.fixture(scope="module")
def event_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An event that rehearses with certificates of nobody, and has nobody to write to."""
    file = tmp_path_factory.mktemp("event") / GEOWEEK.name
    file.write_text(re.sub(r"contact: .*", "tls: {mode: staging}", GEOWEEK.read_text()))
    return file


@pytest.fixture(scope="module")
def lab(event_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    with MachineLab(load_event(event_file), tmp_path_factory.mktemp("refresh"), stocked=False) as lab:
        yield lab


@pytest.fixture(scope="module")
def site(lab: MachineLab, event_file: Path, tmp_path_factory: pytest.TempPathFactory) -> LabSite:
    """Where the event was deployed from."""
    folder = tmp_path_factory.mktemp("site")
    site = LabSite(folder, event_file, lab.aws, lab.secrets, lambda line: None, keeps_app=True)
    site.app.deploy("account")
    site.app.deploy(lab.event.name)
    deployed = site.deployment()
    lab.bucket = (deployed.bucket, deployed.bucket_region)
    return site


@pytest.fixture(scope="module")
def machine(lab: MachineLab, site: LabSite) -> Iterator[ContainerMachine]:
    with lab.machine(Instance.described(lab.aws, lab.event.region, site.deployment().instance_id)) as machine:
        machine.await_open()
        yield machine


@pytest.fixture(scope="module")
def kernel(machine: ContainerMachine) -> Iterator[Callable[[str], str]]:
    """Somebody works all the while: a kernel with a variable in it."""
    ada = FakeParticipant(machine.url, "ada")
    with on_the_internet(machine):
        ada.sign_in()
        ada.start_server()
        # at the end there is no hub at this address any more, to end the kernel
        with suppress(requests.RequestException), ada.kernel() as run:
            run("answer = 42")
            yield run


def changed(event: Event, **changes: Any) -> Bundle:
    return build_bundle(plan_of(event.model_copy(update=changes)))


def spoiled(new: Bundle, member: str, content: str) -> Bundle:
    """The bundle with another content of one of its files."""
    buffer = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(new.content)) as old,
        tarfile.open(fileobj=buffer, mode="w") as tar,
    ):
        for entry in old:
            file = old.extractfile(entry)
            assert file is not None
            data = content.encode() if entry.name == member else file.read()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return Bundle(gzip.compress(buffer.getvalue(), mtime=0))


# in place of hub-config/trial.py
UNSTARTABLE = """
from contextlib import asynccontextmanager

@asynccontextmanager
async def answering(*_):
    raise ValueError("no room, on purpose")
    yield

reason = str
"""


def unusable(lab: MachineLab, member: str, content: str) -> Bundle:
    return spoiled(changed(lab.event, title=f"Never: {member}"), member, content)


def look(machine: ContainerMachine) -> None:
    """What the timer does every minute, and the end of what comes of it."""
    wait_until(lambda: looked(machine), WITHIN_SECONDS, "it has looked")
    wait_until(lambda: not at_work(machine), WITHIN_SECONDS, "the installation has ended")


def looked(machine: ContainerMachine) -> bool:
    """As the timer does, it looks again where it could not."""
    try:
        # one that is under way may have looked before there was something new
        machine.run("systemctl", "restart", REFRESH)
    except PophubError:
        return False
    return True


def at_work(machine: ContainerMachine) -> bool:
    if machine.runs(INSTALL):
        return True
    # a job that waits to start is at work too
    state = machine.run("systemctl", "show", "--property=ActiveState,Job", INSTALL)
    return "ActiveState=activating" in state or re.search(r"Job=\d", state) is not None


def started(machine: ContainerMachine, *units: str) -> str:
    return machine.run("systemctl", "show", "--property=InvocationID", "--value", *units)


def login_page(machine: ContainerMachine) -> str:
    return machine.get(f"{machine.url}/hub/login").text


def container(machine: ContainerMachine) -> str:
    return machine.run("docker", "ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}")


def brought(machine: ContainerMachine) -> str:
    """What ada's server reads of the bundle that it was started from."""
    look = "ls $JUPYTER_CONFIG_PATH $JUPYTER_CONFIG_PATH/labextensions/* $POPHUB_WELCOME"
    return machine.run("docker", "exec", "jupyter-ada", "sh", "-c", look)


def pointer(machine: ContainerMachine) -> str:
    """Which bundle is in use; asking takes no process."""
    return (machine.root / BUNDLE_FOLDER.lstrip("/") / POINTER_FILE).read_text()


def undisturbed(machine: ContainerMachine) -> tuple[str, str, str]:
    """What is in use, and has been for how long."""
    return started(machine, "caddy", "pophub-hub", "pophub-proxy"), container(machine), pointer(machine)


def is_told(machine: ContainerMachine, told: str) -> None:
    """The hub goes on, and its status and its journal say why the new bundle is refused."""
    assert told in machine.journal(INSTALL)
    now = status(machine, machine.url)
    assert now is not None
    assert (now["state"], now["failed"]) == ("ready", "")
    assert told in now["refused"]
    assert CHANGED in login_page(machine)


def is_asked_again(machine: ContainerMachine, *, later: bool) -> bool:
    """Whether the bundle that was refused is tried again at once, or after eleven minutes."""
    tries = started(machine, INSTALL)
    if later:
        machine.run("sh", "-c", f"touch -d '11 minutes ago' {STATE_FOLDER}/*ed.json")
    look(machine)
    return started(machine, INSTALL) != tries


def bundles(machine: ContainerMachine) -> set[str]:
    return set(machine.run("ls", "/opt/pophub/bundles").split())


def test_the_deployed_user_data_and_bundle_become_the_hub(machine: ContainerMachine, site: LabSite) -> None:
    deployed = site.deployment()
    assert deployed.bundle_sha256 in machine.run("cat", f"{BUNDLE_FOLDER}/{POINTER_FILE}")
    assert machine.run("cat", "/var/lib/cloud/data/instance-id").strip() == deployed.instance_id


def test_the_rehearsal_asks_the_other_directory_and_binds_nobody(machine: ContainerMachine) -> None:
    assert machine.acme.issued == 1
    assert "acme-staging-v02" in machine.run("ls", f"{HUB_FOLDER}/caddy/certificates")
    assert "Strict-Transport-Security" not in machine.get(f"{machine.url}/hub/login").headers
    assert "POPHUB_EMAIL=\n" in machine.run("cat", f"{SETTINGS_FOLDER}/caddy.env")


def test_the_machine_looks_every_minute(machine: ContainerMachine) -> None:
    timer = machine.run("systemctl", "show", "--property=TimersMonotonic,ActiveState", "pophub-refresh.timer")
    assert "ActiveState=active" in timer
    assert "OnUnitActiveUSec=1min" in timer
    assert "OnUnitInactiveUSec=1min" in timer


def test_nothing_new_starts_nothing(machine: ContainerMachine) -> None:
    before = started(machine, INSTALL, "pophub-hub", "caddy")
    look(machine)
    assert started(machine, INSTALL, "pophub-hub", "caddy") == before


def test_not_to_know_whether_there_is_something_new_is_told(machine: ContainerMachine, lab: MachineLab) -> None:
    hosts = machine.root / "etc/hosts"
    before = hosts.read_text()
    hosts.write_text(f"127.0.0.9 ssm.{lab.event.region}.amazonaws.com\n{before}")
    with pytest.raises(PophubError, match="failed"):
        machine.run("systemctl", "start", REFRESH)
    hosts.write_text(before)
    assert "is not known: the parameter /pophub/geoweek/bundle cannot be read" in machine.journal(REFRESH)


def test_a_deployed_change_reaches_the_hub_and_cuts_nobody_off(
    machine: ContainerMachine, site: LabSite, kernel: Callable[[str], str]
) -> None:
    running, untouched = container(machine), started(machine, "caddy", "pophub-proxy", "docker")
    reads = brought(machine)
    before = site.deployment()
    title, text = f"title: {site.event.title}\n", site.file.read_text()
    assert title in text
    site.file.write_text(text.replace(title, f"title: {CHANGED}\nidle: {{server_minutes: 77}}\n"))
    site.app.deploy(site.event.name)
    now = site.deployment()
    assert now.instance_id == before.instance_id
    assert now.bundle_sha256 != before.bundle_sha256
    # by the machine's own timer, and nobody's hand
    let_look(machine, "pophub-refresh.timer")
    wait_until(lambda: now.bundle_sha256 in pointer(machine), WITHIN_SECONDS, "the change has arrived")
    wait_until(lambda: not at_work(machine), WITHIN_SECONDS, "the installation has ended")
    assert CHANGED in login_page(machine)
    wait_until(lambda: "--timeout=4620" in machine.run("ps", "-eo", "args"), 30, "the culler has the new time")
    assert container(machine) == running
    assert kernel("print(answer)") == "42"
    assert started(machine, "caddy", "pophub-proxy", "docker") == untouched
    # a page that is loaded again has all that it had
    assert {"labconfig", "notice.js", "Welcome.md"} <= set(reads.split())
    assert brought(machine) == reads


@pytest.mark.parametrize(
    "case",
    [
        ("hub-config/jupyterhub_config.py", WRITES, "cannot read hub-config/jupyterhub_config.py"),
        ("cloud-init/steps/https.sh", "https() {", "steps/https.sh: line 2: syntax error"),
        (f"hub-config/{EVENT_FILE}", "{", f"{EVENT_FILE} lacks what every hub needs"),
    ],
)
def test_a_bundle_that_its_check_refuses_changes_nothing(
    machine: ContainerMachine, lab: MachineLab, kernel: Callable[[str], str], case: tuple[str, str, str]
) -> None:
    member, content, told = case
    before, installed = undisturbed(machine), machine.run("sh", "-c", INSTALLED)
    steps = machine.journal(INSTALL).count("step 1 of")
    lab.put_in_bucket(unusable(lab, member, content))
    look(machine)
    is_told(machine, told)
    # not even the steps of the one that goes on have run again
    assert machine.journal(INSTALL).count("step 1 of") == steps
    [why] = [line for line in machine.journal(INSTALL).splitlines() if told in line and NOTHING in line]
    assert why.startswith(NOTHING)
    assert (undisturbed(machine), machine.run("sh", "-c", INSTALLED)) == (before, installed)
    assert not (machine.root / "etc/pophub/written").exists()
    assert kernel("print(answer)") == "42"
    # and it is not asked for again every minute
    assert not is_asked_again(machine, later=False)


def test_what_a_check_refuses_is_tried_again_later(machine: ContainerMachine) -> None:
    assert is_asked_again(machine, later=True)


def test_a_bundle_whose_image_does_not_come_is_refused_and_tried_again(
    machine: ContainerMachine, lab: MachineLab, kernel: Callable[[str], str]
) -> None:
    before = undisturbed(machine)
    lab.put_in_bucket(unusable(lab, IMAGE_STEP, ASKS_A_REGISTRY))
    look(machine)
    assert "is refused: no registry" in machine.journal(INSTALL)
    is_told(machine, "no registry")
    assert undisturbed(machine) == before
    assert kernel("print(answer)") == "42"
    assert not is_asked_again(machine, later=False)


def test_a_hub_that_starts_from_a_bundle_that_is_only_tried_comes_back_too(
    machine: ContainerMachine, kernel: Callable[[str], str]
) -> None:
    """As after a boot while its image was waited for. What it gives to servers is in a folder that goes with its bundle."""
    before = started(machine, "pophub-hub")
    assert is_asked_again(machine, later=True)
    assert started(machine, "pophub-hub") != before
    machine.await_open(60)
    is_told(machine, "no registry")
    assert machine.run("cat", f"{RUN_FOLDER}/hub-runs-from") == machine.run("readlink", "-f", BUNDLE_FOLDER)
    assert kernel("print(answer)") == "42"


def test_a_bundle_with_which_no_server_starts_gives_way_to_the_one_before(
    machine: ContainerMachine, lab: MachineLab, kernel: Callable[[str], str]
) -> None:
    lab.put_in_bucket(unusable(lab, "hub-config/trial.py", UNSTARTABLE))
    look(machine)
    assert "refused: no participant's server can be started: no room, on purpose. The one" in machine.journal(INSTALL)
    machine.await_open(60)
    assert CHANGED in login_page(machine)
    assert machine.run("cat", f"{RUN_FOLDER}/hub-runs-from") == machine.run("readlink", "-f", BUNDLE_FOLDER)
    # the image may be to blame, which a later try may find changed
    assert {"tried.json", "failed-trial.json"} <= set(machine.run("ls", STATE_FOLDER).split())
    assert kernel("print(answer)") == "42"


@dataclass(frozen=True, slots=True)
class Before:
    """What was there before a deployment, and the key of the organizer's certificate that came with it."""

    bundles: set[str]
    hub: str
    key: str


def deploy_own(lab: MachineLab) -> None:
    """One deployment changes the title, the secrets and the certificate's source, which is the organizer's own one."""
    lab.put_in_bucket(changed(lab.event, title=RENAMED, tls=OWN), secrets="2")


@pytest.fixture(scope="module")
def before(machine: ContainerMachine, lab: MachineLab) -> Before:
    """The key that is deployed first is another one."""
    files = machine.ca.issue([lab.event.domain], machine.folder.part("own"))
    certificate, key = (file.read_text() for file in files)
    _, other = machine.ca.issue([lab.event.domain], machine.folder.part("other"))
    lab.write_parameters({"tls_certificate": certificate, "tls_key": other.read_text()}, kind="SecureString")
    return Before(bundles(machine), started(machine, "pophub-hub"), key)


def test_a_bundle_that_fails_later_gives_way_to_the_one_before_and_is_not_tried_for_ever(
    machine: ContainerMachine, lab: MachineLab, kernel: Callable[[str], str], before: Before
) -> None:
    """Which no check can foresee."""
    there = undisturbed(machine)
    deploy_own(lab)
    look(machine)
    is_told(machine, f"{KEY} is not the key of the certificate {CERTIFICATE}")
    assert undisturbed(machine) == there
    assert bundles(machine) == before.bundles
    assert kernel("print(answer)") == "42"
    assert not is_asked_again(machine, later=True)


def test_what_was_refused_is_tried_again_when_it_is_deployed_again(
    machine: ContainerMachine, lab: MachineLab, before: Before
) -> None:
    lab.write_parameters({"bundle": pointer(machine).strip()}, kind="String")
    look(machine)
    lab.write_parameters({"tls_key": before.key, "github_client_secret": "rotated"}, kind="SecureString")
    tries = started(machine, INSTALL)
    deploy_own(lab)
    look(machine)
    assert started(machine, INSTALL) != tries
    assert RENAMED in machine.get(f"{machine.url}/hub/login", trusted=str(machine.ca.certificate)).text


def test_new_secrets_reach_the_hub_with_their_version(machine: ContainerMachine, before: Before) -> None:
    assert 'GITHUB_CLIENT_SECRET="rotated"' in machine.run("cat", f"{SETTINGS_FOLDER}/{SECRETS_FILE}")
    assert started(machine, "pophub-hub") != before.hub


def test_a_bundle_stays_for_as_long_as_somebodys_server_reads_from_it(
    machine: ContainerMachine, before: Before
) -> None:
    # the one that ada's server was started from, and the one of that day
    assert len(before.bundles) == 2
    assert brought(machine)
    now = bundles(machine)
    assert (len(now), len(now & before.bundles)) == (2, 1)


def test_an_organizers_own_certificate_is_served(machine: ContainerMachine) -> None:
    answer = machine.get(f"{machine.url}/hub/login", trusted=str(machine.ca.certificate))
    assert answer.status_code == 200
    assert "Strict-Transport-Security" in answer.headers
    assert machine.run("stat", "-c", "%a %U %G", KEY).split() == ["640", "root", "caddy"]
    assert "PRIVATE" not in machine.run("cat", f"{SETTINGS_FOLDER}/{SECRETS_FILE}", "/var/log/pophub-install.log")
