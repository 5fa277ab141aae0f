"""cloud-init/steps/https.sh's keep_certificate: what has not reached the bucket is tried again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pophub.core.contract import CERTIFICATE_FILE, for_bash
from pophub.organizer.paths import CLOUD_INIT

# as cloud-init/steps/start_services.sh asks; the folder that the machine has it in is one of the test's
KEEP = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/https.sh"
HUB_FOLDER=$FOLDER
on_ec2() { true; }
hub_install() { echo "sent: $*"; return "$BUCKET"; }
keep_certificate || echo "not kept"
"""


@pytest.fixture
def caddy(tmp_path: Path) -> Path:
    for name in ("caddy/certificates", "caddy/acme", "state/started", "work"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "caddy/certificates/hub.crt").write_text("a certificate")
    return tmp_path


def keep(folder: Path, *, bucket: int = 0) -> list[str]:
    """The first words of what it says, with a bucket that answers so."""
    places = {
        "STEPS": CLOUD_INIT / "steps",
        "FOLDER": folder,
        "STATE": folder / "state",
        "WORK": folder / "work",
    }
    done = subprocess.run(
        ["bash", "-c", for_bash() + KEEP],
        env={"PATH": "/usr/bin:/bin", "BUCKET": str(bucket), **{name: str(place) for name, place in places.items()}},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split(":")[0] for line in done.stdout.splitlines()]


def test_what_the_bucket_has_is_not_sent_again(caddy: Path) -> None:
    assert [keep(caddy), keep(caddy)] == [["sent"], []]
    (caddy / "caddy/certificates/hub.crt").write_text("a newer one")
    assert keep(caddy) == ["sent"]


def test_what_did_not_reach_the_bucket_is_told_and_sent_again(caddy: Path) -> None:
    assert keep(caddy, bucket=22) == ["sent", "not kept"]
    assert keep(caddy) == ["sent"]


def test_what_cannot_be_packed_is_not_sent(caddy: Path) -> None:
    (caddy / f"work/{CERTIFICATE_FILE}").mkdir()
    assert keep(caddy) == ["not kept"]
