"""The end of a lab event, with an AWS and a machine of the lab and a stack of paper."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lab.aws import ACCOUNT_ID, LabAws
from lab.destroy import LabDestroy
from lab.steps import Steps
from pophub.core.contract import bucket_name
from pophub.core.cost.records import Moment
from pophub.hub.this_machine import moment
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.destroy.hub_stand_in import launch, unpack

REGION = "us-west-2"
BUCKET = bucket_name(ACCOUNT_ID)


@pytest.fixture
def lab_destroy(lab_aws: LabAws, tmp_path: Path) -> LabDestroy:
    event = load_event(EXAMPLE_EVENT)
    s3 = lab_aws.client("s3", REGION)
    if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    instance, _ = launch(lab_aws, event.name, REGION)
    [root] = [lab_aws.machine(instance)]
    root.rename(tmp_path / "gone")
    unpack(tmp_path / "bundle")
    home = tmp_path / "homes" / "ada"
    home.mkdir(parents=True)
    (home / "notes.txt").write_text("kept")
    deployment = SimpleNamespace(instance_id=instance, bucket=BUCKET, bucket_region=REGION)
    site: Any = SimpleNamespace(
        event=event,
        file=EXAMPLE_EVENT,
        deployment=lambda: deployment,
        app=SimpleNamespace(
            destroy=lambda stack: lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[instance])
        ),
    )
    lab_destroy = LabDestroy(site, lab_aws, Steps(Console(file=io.StringIO())))
    lab_destroy.stand_in_for_the_machine(tmp_path / "bundle", tmp_path / "homes")
    return lab_destroy


def test_the_event_is_archived_destroyed_and_proved_to_be_gone(lab_destroy: LabDestroy, tmp_path: Path) -> None:
    now = moment().at
    lab_destroy.note(["ada"], Moment(now - timedelta(hours=1), "boot", 0), Moment(now, "boot", 3_600_000))
    ended = lab_destroy.run(tmp_path, locks=tmp_path)

    assert (ended.archived, ended.findings.is_clean) == (True, True)
    steps = {step.name: step.result for step in lab_destroy.steps.done}
    assert steps["destroying example-event"] == "destroyed"
    text = (tmp_path / "example-event-retrospective.md").read_text()
    assert "- **people**: 1 came, 60 were planned for; 1 at once at most" in text
    assert "- **machine**: once on, 1.0 hours" in text
