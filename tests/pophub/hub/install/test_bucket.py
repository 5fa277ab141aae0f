"""What a hub says to the bucket and hears from there, with an AWS that answers in part."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pophub.core.contract import BUNDLES, KEEP_FILE, POINTER_FILE, REPORTS, STARTED_FILE, WATCH_REPORT_FILE
from pophub.hub.install.bucket import EventBucket

# metadata and the wish are answered, uploads go as a file says
CURL = """#!/bin/sh
cat >/dev/null
case "$*" in
*security-credentials/role*) echo '{"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"}' ;;
*security-credentials*) echo role ;;
*api/token*) echo token ;;
*--upload-file*) echo "$*" >>"$PUT"; exit 56 ;;
*.json*) while [ "$1" != --output ]; do shift; done; echo '{"from": "the laptop"}' >"$2"; printf 200 ;;
esac
"""


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventBucket:
    pointer = {"bucket": "bucket", "region": "eu-central-1", "key": f"{BUNDLES}/school/0.tar.gz"}
    (tmp_path / POINTER_FILE).write_text(json.dumps(pointer))
    (tmp_path / "curl").write_text(CURL)
    (tmp_path / "curl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("PUT", str(tmp_path / "put"))
    return EventBucket.of(tmp_path)


def test_the_bundle_says_whose_bucket_it_is(bucket: EventBucket) -> None:
    assert bucket == EventBucket("bucket", "eu-central-1", "school")


def test_a_wish_is_heard_also_where_nothing_can_be_put(bucket: EventBucket, tmp_path: Path) -> None:
    report = tmp_path / WATCH_REPORT_FILE
    report.write_text("{}")
    with pytest.raises(subprocess.CalledProcessError):
        bucket.exchange(tmp_path, {"absent": tmp_path / "absent", WATCH_REPORT_FILE: report})

    assert len((tmp_path / "put").read_text().splitlines()) == 1
    assert f"/{REPORTS}/school/{WATCH_REPORT_FILE}\n" in (tmp_path / "put").read_text()
    for name in (KEEP_FILE, STARTED_FILE):
        assert json.loads((tmp_path / name).read_text()) == {"from": "the laptop"}
