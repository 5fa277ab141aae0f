"""What a hub says to the bucket and hears from there, with an AWS that answers in part."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from pophub.core.contract import BUNDLES, KEEP_FILE, POINTER_FILE, STARTED_FILE, WATCH_REPORT_FILE, for_bash
from pophub.organizer.paths import ROOT

# curl as put-report.sh uses it: metadata and the wish are answered, uploads go as a file says
CURL = """#!/bin/sh
cat >/dev/null
case "$*" in
*security-credentials/role*) echo '{"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"}' ;;
*security-credentials*) echo role ;;
*api/token*) echo token ;;
*--upload-file*) exit 56 ;;
*.json*) while [ "$1" != --output ]; do shift; done; echo '{"from": "the laptop"}' >"$2" ;;
esac
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What put-report.sh needs of one."""
    folder = tmp_path / "bundle" / "cloud-init"
    folder.mkdir(parents=True)
    for name in ("put-report.sh", "aws.sh"):
        (folder / name).write_bytes((ROOT / "cloud-init" / name).read_bytes())
    (folder / "contract.env").write_text(for_bash())
    pointer = {"bucket": "bucket", "region": "eu-central-1", "key": f"{BUNDLES}/school/0.tar.gz"}
    (tmp_path / "bundle" / POINTER_FILE).write_text(json.dumps(pointer))
    curl = tmp_path / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(CURL)
    curl.chmod(0o755)
    return folder


def test_a_wish_is_heard_also_where_nothing_can_be_put(bundle: Path, tmp_path: Path) -> None:
    report = tmp_path / WATCH_REPORT_FILE
    report.write_text("{}")
    done = subprocess.run(
        ["bash", str(bundle / "put-report.sh"), str(tmp_path), f"{WATCH_REPORT_FILE}={report}"],
        env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    for name in (KEEP_FILE, STARTED_FILE):
        assert json.loads((tmp_path / name).read_text()) == {"from": "the laptop"}
