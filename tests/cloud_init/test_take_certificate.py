"""cloud-init/steps/https.sh's take_certificate: only what the bucket surely does not have is asked the authority for anew."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

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


def test_half_a_certificate_is_none(folder: Path) -> None:
    whole = (folder / "kept.tar.gz").read_bytes()
    (folder / "kept.tar.gz").write_bytes(whole[: len(whole) // 2])
    assert take(folder, "200").returncode != 0
    assert not list((folder / "caddy").iterdir())
    (folder / "kept.tar.gz").write_bytes(whole)
    assert take(folder, "200").returncode == 0
    assert list((folder / "caddy").iterdir())
