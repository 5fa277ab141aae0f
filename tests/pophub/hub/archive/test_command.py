"""The hub's part says each step and the sum as lines of JSON; it imports nothing that the hub has not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.aws import LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import ARCHIVE, EVENT_FILE, KEEP_FILE, REPORTS
from pophub.hub.archive.command import archive_prefix, main
from pophub.hub.archive.history import HISTORY, from_json
from pophub.hub.archive.receipt import is_verified
from pophub.organizer.deploy.bundle import SHIPPED
from pophub.organizer.paths import ROOT
from tests.pophub.planted import BUCKET, REGION

HUB_HAS_NOT = ("pydantic", "rich", "typer", "ruamel", "cdktf", "moto", "requests")


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    for name in ("ada", "carol-2dx"):
        (tmp_path / "homes" / name).mkdir(parents=True)
        (tmp_path / "homes" / name / "notes").write_text(name)
    return tmp_path / "homes"


def test_each_step_and_the_sum_are_said(lab_aws: LabAws, aws: Aws, homes: Path) -> None:
    os.mkfifo(homes / "ada" / "pipe")
    command = ["geo-said", "--bucket", BUCKET, "--region", REGION, "--homes", str(homes), "--archive-days", "31"]
    ran = subprocess.run(
        [sys.executable, "-m", "pophub.hub.archive.command", *command], capture_output=True, text=True, check=True
    )
    *steps, last = map(json.loads, ran.stdout.splitlines())

    assert [step["progress"] | {"what": ""} for step in steps] == [
        {"done": 1, "homes": 2, "user": "ada", "what": ""},
        {"done": 2, "homes": 2, "user": "carol-x", "what": ""},
    ]
    assert last.pop("stored_bytes") > 0
    assert last == {
        "complete": True,
        "homes": 2,
        "files": 2,
        "bytes": len("ada" + "carol-2dx"),
        "problems": {"ada": {"a fifo has no content": 1}},
        "failed": {},
    }
    assert is_verified(archive_prefix(aws, "geo-said", BUCKET, REGION, 31))
    tags = lab_aws.client("s3", REGION).get_object_tagging(Bucket=BUCKET, Key=f"{ARCHIVE}/geo-said/homes/ada.tar.zst")
    assert {"Key": "pophub:keep-days", "Value": "60"} in tags["TagSet"]
    assert {"Key": "pophub:event", "Value": "geo-said"} in tags["TagSet"]


def test_what_only_the_machine_knows_lies_beside_the_archive(
    aws: Aws, homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    event = {"__timestamp__": "2027-03-02T06:30:00+00:00Z", "action": "start", "username": "ada"}
    (tmp_path / "events.jsonl").write_text(json.dumps(event))
    (tmp_path / EVENT_FILE).write_text('{"login": {"github": {}}, "timezone": "America/Los_Angeles"}')
    given = ["--homes", str(homes), "--memory", str(tmp_path), "--settings", str(tmp_path / EVENT_FILE)]
    main(["geo-known", "--bucket", BUCKET, "--region", REGION, *given])
    history = from_json(archive_prefix(aws, "geo-known", BUCKET, REGION, 31).get_json(HISTORY))

    assert history is not None
    assert history.servers is not None
    assert history.servers.by_day == {"2027-03-01": 1}
    assert (history.spawns, history.incidents) == (None, None)


def test_a_bucket_that_is_not_there_is_said(aws: Aws, homes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["geo-lost", "--bucket", "no-such-bucket", "--region", REGION, "--homes", str(homes)])

    assert code == 3
    assert "NoSuchBucket" in json.loads(capsys.readouterr().out.splitlines()[-1])["problem"]


def test_it_needs_only_what_the_hub_has() -> None:
    look = f"import sys, pophub.hub.archive.command; print([name for name in {HUB_HAS_NOT} if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_all_that_it_needs_of_our_own_travels_in_the_bundle() -> None:
    look = (
        "import sys, pophub.hub.archive.command, pophub.hub.archive.at_work;"
        "print(*(it.__file__ for name, it in sys.modules.items() if name.startswith('pophub')))"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    needed = {str(Path(file).relative_to(ROOT)) for file in ran.stdout.split()}

    assert "pophub/hub/archive/archive.py" in needed
    assert all(file.startswith((*SHIPPED, "pophub/__init__.py")) for file in needed)


def test_the_bucket_hears_how_far_it_is_and_the_hub_that_it_stays_on(aws: Aws, homes: Path) -> None:
    main(["geo-far", "--bucket", BUCKET, "--region", REGION, "--homes", str(homes)])

    told = archive_prefix(aws, "geo-far", BUCKET, REGION, 31).get_json("progress.json")
    assert (told["done"], told["homes"], told["user"]) == (2, 2, "carol-x")
    assert "until" in BucketPrefix(aws, BUCKET, REGION, f"{REPORTS}/geo-far").get_json(KEEP_FILE)
