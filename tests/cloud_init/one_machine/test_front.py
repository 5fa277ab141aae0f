"""The hub's address as the internet sees it: certificate, redirect, headers."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lab.machine.container import ContainerMachine
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.wait import wait_until
from pophub.core.contract import CERTIFICATE_FILE, CERTIFICATES, HUB_FOLDER, PROXY_URL, RUN_FOLDER, STATUS_FILE
from pophub.off_page.page import WAKE_PATH
from tests.cloud_init.test_birth import status
from tests.cloud_init.test_refresh import at_work, started

pytestmark = pytest.mark.machine


def test_http_leads_to_https(machine: LabMachine) -> None:
    answer = machine.get(f"http://{machine.event.domain}/hub/login?x=1", allow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{machine.url}/hub/login?x=1"


def test_a_press_on_the_off_pages_button_that_comes_late_leads_to_the_hub(machine: LabMachine) -> None:
    answer = machine.get(f"{machine.url}{WAKE_PATH}", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_browsers_are_told_to_stay_with_https(machine: LabMachine) -> None:
    answer = machine.get(f"{machine.url}/hub/login")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_browsers_are_offered_no_http_3_which_the_security_group_does_not_let_in(machine: LabMachine) -> None:
    assert "Alt-Svc" not in machine.get(f"{machine.url}/hub/login").headers


def test_the_certificate_is_from_the_authority_and_asked_for_once_at_most(machine: LabMachine) -> None:
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        machine.get(f"{machine.url}/hub/login", trusted=str(machine.ca.certificate))
    # none, where an earlier machine has left one in the bucket
    assert machine.acme.issued <= 1


def test_no_certificate_is_asked_for_before_the_name_leads_here(machine: ContainerMachine, lab: MachineLab) -> None:
    """As at the first start of an event, or after the last certificate has expired: the bucket has none."""
    domain, authority = machine.event.domain, machine.acme
    kept = {"Bucket": BUCKET, "Key": f"{CERTIFICATES}/{machine.event.name}/{CERTIFICATE_FILE}"}
    # the first run puts its certificate there after the hub has opened
    wait_until(lambda: not at_work(machine), 60, "the first run has ended")
    lab.aws.client("s3", BUCKET_REGION).delete_object(**kept)
    # until Route 53 has looked, the name leads to the off page
    machine.names.hold, before = True, (authority.issued, authority.failed)
    machine.run("systemctl", "stop", "caddy")
    machine.run("rm", "-rf", f"{HUB_FOLDER}/caddy", f"{RUN_FOLDER}/asked-for-{domain}")
    machine.run("systemctl", "restart", "--no-block", "pophub-install")
    waits = f"the certificate, once {domain} leads to this machine"
    # people are at the off page meanwhile
    progress = ("cat", f"{RUN_FOLDER}/{STATUS_FILE}")
    wait_until(lambda: waits in machine.run(*progress, check=False), 120, "the machine waits for its name")

    assert (machine.names.is_healthy(), machine.is_open()) == (True, False)
    assert (authority.issued, authority.failed) == before
    machine.names.hold = False
    wait_until(machine.is_open, 60, "people see the hub")
    assert (authority.issued, authority.failed) == (before[0] + 1, before[1])
    wait_until(lambda: (status(machine, machine.url) or {}).get("state") == "ready", 60, "the installation is done")
    assert lab.aws.client("s3", BUCKET_REGION).head_object(**kept)["ContentLength"]


def test_a_challenge_that_fails_while_the_name_leads_elsewhere_is_made_good_by_itself(
    machine: LabMachine, lab: MachineLab
) -> None:
    """As when the machine has waited for its name in vain: it asks all the same, and the authority looks elsewhere."""
    domain, authority = machine.event.domain, machine.acme
    kept = {"Bucket": BUCKET, "Key": f"{CERTIFICATES}/{machine.event.name}/{CERTIFICATE_FILE}"}
    lab.aws.client("s3", BUCKET_REGION).delete_object(**kept)
    machine.names.hold, before = True, (authority.issued, authority.failed)
    machine.run("systemctl", "stop", "caddy")
    machine.run("rm", "-rf", f"{HUB_FOLDER}/caddy")
    elsewhere = f"{domain} leads to another machine"
    machine.run("sh", "-c", 'echo "$1" >"$2"', "sh", elsewhere, f"{RUN_FOLDER}/asked-for-{domain}")
    machine.run("systemctl", "restart", "--no-block", "pophub-install")
    told = ("cat", f"{RUN_FOLDER}/{STATUS_FILE}")
    said = f"there is no certificate ({elsewhere}; "
    wait_until(lambda: said in machine.run(*told, check=False), 180, "the machine says why it has no certificate")

    assert authority.failed > before[1]
    assert (authority.issued, machine.is_open()) == (before[0], False)
    # the hub is there, for whoever comes without TLS from the machine itself
    assert machine.run("curl", "-sSo", "/dev/null", "-w", "%{http_code}", f"{PROXY_URL}/hub/health") == "200"
    asks = started(machine, "caddy")
    machine.names.hold = False
    # the installation tries again after 20 seconds, and finds that the name leads here; Caddy alone would wait for a minute
    wait_until(machine.is_open, 120, "people see the hub")
    assert authority.issued > before[0]
    assert started(machine, "caddy") != asks
    # the installation repeats until it succeeds
    wait_until(lambda: (status(machine, machine.url) or {}).get("state") == "ready", 120, "the installation is done")
    assert lab.aws.client("s3", BUCKET_REGION).head_object(**kept)["ContentLength"]


def only(version: str, side: int) -> ssl.SSLContext:
    """What speaks one version of TLS, however old it is."""
    context = ssl.SSLContext(side)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    return context


def is_spoken_here(context: ssl.SSLContext, version: str, certificate: tuple[Path, Path]) -> bool:
    """Whether a client that can speak it finds somebody here who does."""
    server = only(version, ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*certificate)
    ours, theirs = socket.socketpair()
    with ours, theirs, ThreadPoolExecutor() as pool:
        answering = pool.submit(server.wrap_socket, theirs, server_side=True)
        with context.wrap_socket(ours) as secure, answering.result():
            return secure.version() == version.replace("_", ".")


@pytest.mark.parametrize(("version", "taken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_only_todays_tls_is_spoken(machine: LabMachine, version: str, taken: bool, tmp_path: Path) -> None:
    context = only(version, ssl.PROTOCOL_TLS_CLIENT)
    assert is_spoken_here(context, version, machine.ca.issue(["here"], tmp_path))
    proxy = urlsplit(machine.environment["https_proxy"])
    with socket.create_connection((proxy.hostname, proxy.port)) as plain:
        plain.sendall(f"CONNECT {machine.event.domain}:443 HTTP/1.1\r\n\r\n".encode())
        assert b" 200 " in plain.recv(1024)
        if taken:
            with context.wrap_socket(plain, server_hostname=machine.event.domain) as secure:
                assert secure.version() == version.replace("_", ".")
        else:
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_hostname=machine.event.domain)
