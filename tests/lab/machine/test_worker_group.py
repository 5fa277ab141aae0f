"""The group of a lab's workers: an instance for each, with the tags of a worker."""

from __future__ import annotations

from pathlib import Path

from lab.aws import LabAws
from lab.machine.worker_group import WorkerGroup
from pophub.core.contract import EVENT_TAG, ROLE_TAG, WORKER_ROLE
from pophub.organizer.event.event_file import load_event


def test_each_launch_is_one_more_worker_of_the_event(tmp_path: Path) -> None:
    event = load_event(Path(__file__).parents[2] / "cloud_init" / "manyweek.yaml")
    with LabAws(tmp_path) as aws:
        group = WorkerGroup(aws, event)
        assert group.instances == []
        ids = [group.launch() for _ in range(2)]

        assert sorted(group.instances) == sorted(ids)
        found = aws.client("ec2", event.region).describe_instances(InstanceIds=ids)["Reservations"]
        tags = [{it["Key"]: it["Value"] for it in each["Tags"]} for made in found for each in made["Instances"]]
        assert [(it[EVENT_TAG], it[ROLE_TAG]) for it in tags] == [(event.name, WORKER_ROLE)] * 2
