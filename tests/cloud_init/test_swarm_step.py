"""cloud-init/steps/swarm.sh on a machine that must not be the hub of the workers."""

from __future__ import annotations

import subprocess

import pytest

from pophub.core.contract import HUB_PRIVATE_ADDRESS, for_bash
from pophub.organizer.paths import CLOUD_INIT

STEP = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/swarm.sh"
for name in nfs_programs export_homes local_network put_token; do eval "$name() { echo $name; }"; done
docker() { echo active; }
ip() { [ "${*: -1}" != "$OWN_ADDRESS" ] || echo "2: ens5 inet $OWN_ADDRESS/24"; }
swarm
"""


@pytest.mark.parametrize(("own", "is_hub"), [(HUB_PRIVATE_ADDRESS, True), ("10.20.0.57", False)])
def test_a_second_hub_writes_no_token_and_says_what_is_wrong(own: str, is_hub: bool) -> None:
    done = subprocess.run(
        ["bash", "-c", for_bash() + STEP],
        env={"PATH": "/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps"), "OWN_ADDRESS": own},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode == 0) == is_hub, done.stderr
    said = f"another machine is the hub of this event's workers: it has the address {HUB_PRIVATE_ADDRESS}; end this one"
    assert done.stdout.splitlines()[-1] == ("put_token" if is_hub else said)
