"""cloud-init/steps/secrets.sh on a server that is not EC2's: which secrets it misses before the hub does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pophub.core.contract import EVENT_FILE, SECRETS_FILE, for_bash
from pophub.organizer.paths import CLOUD_INIT, ROOT

# as where the organizer has changed `login`, and then `database`
KEPT = 'GITHUB_CLIENT_ID="id"\nGITHUB_CLIENT_SECRET="secret"\n'
OF_GITHUB = ["github_client_id", "github_client_secret"]
STEP = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/secrets.sh"
on_ec2() { false; }
secrets
"""


@pytest.mark.parametrize(
    ("kept", "secrets", "missing"),
    [
        (KEPT, OF_GITHUB, ""),
        ("", [], ""),
        (None, [], ""),
        (None, OF_GITHUB, "GITHUB_CLIENT_ID GITHUB_CLIENT_SECRET"),
        (KEPT, ["google_client_id", "google_client_secret"], "GOOGLE_CLIENT_ID GOOGLE_CLIENT_SECRET"),
        (KEPT, [*OF_GITHUB, "database_url"], "DATABASE_URL"),
        ("GITHUB_CLIENT_ID=id\nGITHUB_CLIENT_SECRET=\n", OF_GITHUB, "GITHUB_CLIENT_SECRET"),
    ],
)
def test_every_secret_is_asked_for_that_is_not_there(
    kept: str | None, secrets: list[str], missing: str, tmp_path: Path
) -> None:
    config, own, work = (tmp_path / name for name in ("hub-config", "own", "work"))
    for folder in (config, own, work):
        folder.mkdir()
    (config / EVENT_FILE).write_text(json.dumps({"secrets": secrets}))
    (tmp_path / "pophub").symlink_to(ROOT / "pophub")
    if kept is not None:
        (own / SECRETS_FILE).write_text(kept)
    places = {"OWN": str(own), "CONFIG": str(config), "WORK": str(work), "RUN": str(work)}
    done = subprocess.run(
        ["bash", "-c", for_bash() + STEP],
        env={"PATH": "/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps"), **places},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == (1 if missing else 0), done.stderr
    if missing:
        assert done.stderr == f"{own}/{SECRETS_FILE} has no {missing}: write NAME=value lines for them\n"
    else:
        assert (own / SECRETS_FILE).read_text() == (kept or "")


IN_ADVANCE = """
set -euo pipefail
. "$STEPS/secrets.sh"
on_ec2() { true; }
hub_install() {
    echo asked >>"$RUN/asked"
    if [ "$(wc -l <"$RUN/asked")" = 1 ]; then
        touch "$RUN/begun"
        until [ -e "$RUN/go" ]; do sleep 0.05; done
        if [ -n "$FAILS" ]; then return 1; fi
    fi
    echo A=secret
}
wanted_secrets &
until [ -e "$RUN/begun" ]; do sleep 0.05; done
# it waits for the first one, which ends only when this one asks for its lock
flock() { touch "$RUN/go"; command flock "$@"; }
wanted_secrets
wanted_secrets
"""


@pytest.mark.parametrize(("fails", "asked"), [("", 1), ("yes", 2)])
def test_secrets_are_asked_for_again_only_if_they_could_not_be_had_in_advance(
    tmp_path: Path, fails: str, asked: int
) -> None:
    environment = {**dict.fromkeys(("RUN", "OWN", "WORK"), str(tmp_path)), "FAILS": fails}
    environment |= {"PATH": "/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps")}
    subprocess.run(["bash", "-c", for_bash() + IN_ADVANCE], env=environment, check=True)

    assert (tmp_path / "asked").read_text().split() == ["asked"] * asked
    assert (tmp_path / SECRETS_FILE).read_text() == "A=secret\n"
    assert (tmp_path / SECRETS_FILE).stat().st_mode & 0o777 == 0o600
