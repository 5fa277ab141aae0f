"""cloud-init/steps/https.sh: what the bucket surely lacks is asked the authority for, once the name leads to the machine."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from lab.machine.lab_ca import LabCa
from pophub.core.contract import BUNDLES, CERTIFICATE_FILE, CERTIFICATES, POINTER_FILE, for_bash
from pophub.organizer.paths import CLOUD_INIT, ROOT

TAKE = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/https.sh"
HUB_FOLDER=$FOLDER
chown() { true; }
"""
# as S3 answers curl; what it has is packed by the test
CURL = f"""#!/bin/sh
cat >/dev/null
case "$*" in
*security-credentials/role*) echo '{{"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"}}' ;;
*security-credentials*) echo role ;;
*api/token*) [ -z "$SILENT" ] && echo token ;;
*"https://s3.eu-central-1.amazonaws.com/bucket/{CERTIFICATES}/school/{CERTIFICATE_FILE}"*)
    while [ "$1" != --output ]; do shift; done
    cp "$KEPT" "$2"
    printf %s "$CODE"
    [ "$CODE" = 200 ] ;;
*) exit 7 ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("caddy", "work", "kept/certificates", "hub-config", "bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "kept/certificates/hub.crt").write_text("a certificate")
    with tarfile.open(tmp_path / "kept.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "kept/certificates", "certificates")
    pointer = {"bucket": "bucket", "region": "eu-central-1", "key": f"{BUNDLES}/school/0.tar.gz"}
    (tmp_path / POINTER_FILE).write_text(json.dumps(pointer))
    (tmp_path / "pophub").symlink_to(ROOT / "pophub")
    (tmp_path / "bin/curl").write_text(CURL)
    (tmp_path / "bin/curl").chmod(0o755)
    return tmp_path


@pytest.fixture(scope="module")
def lab_ca(tmp_path_factory: pytest.TempPathFactory) -> LabCa:
    return LabCa(tmp_path_factory.mktemp("ca"))


def take(folder: Path, code: str, then: str = "take_certificate", **more: str) -> subprocess.CompletedProcess[str]:
    places = {
        "FOLDER": folder,
        "KEPT": folder / "kept.tar.gz",
        "WORK": folder / "work",
        "CONFIG": folder / "hub-config",
    }
    environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps"), "CODE": code}
    return subprocess.run(
        ["bash", "-c", f"{for_bash()}{TAKE}{then}"],
        env=environment | more | {name: str(place) for name, place in places.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_certificate_of_an_earlier_machine_is_taken(folder: Path) -> None:
    assert take(folder, "200").returncode == 0
    assert (folder / "caddy/certificates/hub.crt").read_text() == "a certificate"
    assert (folder / "caddy").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("code", ["403", "404", "404 The requested URL returned error: 404"])
def test_a_bucket_that_has_none_is_no_trouble(folder: Path, code: str) -> None:
    assert take(folder, code).returncode == 0
    assert not list((folder / "caddy").iterdir())


@pytest.mark.parametrize("code", ["500", "503", "000 Could not resolve host: s3", ""])
def test_a_bucket_that_does_not_know_is_asked_again(folder: Path, code: str) -> None:
    done = take(folder, code)
    assert done.returncode == 1
    assert f"is not known, and Let's Encrypt gives five a week: the bucket answers {code or 'nothing'}" in done.stderr
    assert not list((folder / "caddy").iterdir())


def test_a_bucket_is_not_asked_where_the_machines_role_is_not_known(folder: Path) -> None:
    """It would answer 403, as for what is not there."""
    done = take(folder, "403", SILENT="yes")

    assert done.returncode == 1
    assert "the bucket answers nothing" in done.stderr


@pytest.mark.parametrize(("mode", "asks"), [("acme", True), ("staging", True), ("files", False), ("none", False)])
def test_only_who_has_the_authority_make_certificates_needs_the_bucket(folder: Path, mode: str, asks: bool) -> None:
    asking = (
        "on_ec2() { true; }; certificate_files() { true; }; serve() { echo serves; }; setting() { echo $MODE; }; https"
    )
    done = take(folder, "503", then=asking, MODE=mode)

    assert (done.returncode, "serves" in done.stdout) == ((1, False) if asks else (0, True))


# what Caddy is told to serve and the unit that waits; WORKS and SAYS are what `await-name` answers
ASK = """
RUN=$FOLDER/run
STATE=$FOLDER
on_ec2() { [ -z "$ELSEWHERE" ]; }
take_certificate() { true; }
serve() { echo "serve $*"; }
put_unit() { true; }
read_units() { true; }
systemctl() { echo "systemctl $*"; }
put() { cp "$1" "$2"; }
setting() { case $1 in domain) echo hub.example.org ;; *) echo "$MODE" ;; esac }
hub_install() { echo "$*" >>"$FOLDER/asked"; echo "$SAYS"; }
"""
LETS_ENCRYPT = "acme-v02.api.letsencrypt.org-directory"


def ask(folder: Path, then: str = "https", *, mode: str = "acme", says: str = "", elsewhere: str = "") -> list[str]:
    """What is done, with a machine of EC2 if not `elsewhere`."""
    (folder / "run").mkdir(exist_ok=True)
    done = take(folder, "404", then=f"{ASK}{then}", MODE=mode, SAYS=says, ELSEWHERE=elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def put_certificate(
    folder: Path, lab_ca: LabCa, *, authority: str = LETS_ENCRYPT, name: str = "hub.example.org"
) -> Path:
    place = folder / f"caddy/certificates/{authority}/{name}"
    place.mkdir(parents=True)
    certificate, _ = lab_ca.issue([name], place)
    return certificate.rename(place / f"{name}.crt")


@pytest.mark.parametrize("mode", ["acme", "staging"])
def test_a_first_certificate_is_asked_for_by_a_unit_that_waits_for_the_name(folder: Path, mode: str) -> None:
    assert ask(folder, mode=mode) == [f"serve {mode} later", "systemctl start --no-block pophub-name.service"]
    assert ask(folder, "ask_certificate", mode=mode) == [f"serve {mode}"]
    assert (folder / "asked").read_text() == "await-name 300\n"
    # and until the next boot Caddy tries again by itself, ever less often
    assert ask(folder, mode=mode) == [f"serve {mode}"]
    assert ask(folder, "ask_certificate", mode=mode) == []


def test_where_the_name_leads_elsewhere_for_long_this_is_told_and_kept(folder: Path) -> None:
    said = "hub.example.org leads to 198.51.100.7 and not to this machine (192.0.2.1)"

    done = ask(folder, "ask_certificate", says=said)

    assert done == [f"{said}: the certificate is asked for all the same", "serve acme"]
    assert (folder / "run/asked-for-hub.example.org").read_text() == f"{said}\n"


def test_what_was_asked_for_in_vain_is_asked_for_again_once_the_name_leads_here(folder: Path, lab_ca: LabCa) -> None:
    said, answer = "hub.example.org leads elsewhere", folder / "run/asked-for-hub.example.org"
    # with it, Caddy is not started again
    started = folder / "started/caddy.service"
    started.parent.mkdir()
    started.touch()
    ask(folder, "ask_certificate", says=said)
    assert (ask(folder, says=said), answer.read_text(), started.exists()) == (["serve acme"], f"{said}\n", True)
    assert (folder / "asked").read_text() == "await-name 300\nawait-name 0\n"
    assert (ask(folder), answer.read_text(), started.exists()) == (["serve acme"], "\n", False)
    # once: what the authority now refuses has another cause
    started.touch()
    assert (ask(folder), started.exists()) == (["serve acme"], True)
    # nor is a certificate asked for that Caddy has got meanwhile
    answer.write_text(said)
    put_certificate(folder, lab_ca)
    assert (ask(folder), started.exists()) == (["serve acme"], True)


@pytest.mark.parametrize(("mode", "elsewhere"), [("files", ""), ("none", ""), ("acme", "yes"), ("staging", "yes")])
def test_without_an_authority_or_without_an_off_page_nothing_waits(folder: Path, mode: str, elsewhere: str) -> None:
    assert ask(folder, "certificate_files() { true; }\nhttps", mode=mode, elsewhere=elsewhere) == [f"serve {mode}"]


def test_a_certificate_that_is_good_is_served_at_once_and_renewed_by_caddy(folder: Path, lab_ca: LabCa) -> None:
    certificate = put_certificate(folder, lab_ca)
    assert ask(folder) == ["serve acme"]
    assert ask(folder, mode="staging")[0] == "serve staging later"
    certificate.write_text("half")
    assert ask(folder)[0] == "serve acme later"


def test_half_a_certificate_is_none(folder: Path) -> None:
    whole = (folder / "kept.tar.gz").read_bytes()
    (folder / "kept.tar.gz").write_bytes(whole[: len(whole) // 2])
    assert take(folder, "200").returncode != 0
    assert not list((folder / "caddy").iterdir())
    (folder / "kept.tar.gz").write_bytes(whole)
    assert take(folder, "200").returncode == 0
    assert list((folder / "caddy").iterdir())
