"""The group of a lab's workers: an instance for each, with the tags of a worker."""

from __future__ import annotations

from pathlib import Path

from lab.aws import LabAws
from lab.machine.instance import Instance
from lab.machine.worker_group import WorkerGroup
from pophub.core.contract import EVENT_TAG, ROLE_TAG, WORKER_ROLE
from pophub.organizer.deploy.bundle import user_data
from pophub.organizer.event.event_file import load_event


def test_each_launch_is_one_more_worker_of_the_event(tmp_path: Path) -> None:
    event = load_event(Path(__file__).parents[2] / "cloud_init" / "manyweek.yaml")
    with LabAws(tmp_path) as aws:
        iam = aws.client("iam", event.region)
        iam.create_role(RoleName="worker-role", AssumeRolePolicyDocument="{}")
        iam.create_instance_profile(InstanceProfileName="profile")
        iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="worker-role")
        group = WorkerGroup.made(aws, event, "profile")
        assert group.instances == []
        ids = [group.launch() for _ in range(2)]

        assert sorted(group.instances) == sorted(ids)
        found = [Instance.described(aws, event.region, it) for it in ids]
        assert [(it.tags[EVENT_TAG], it.tags[ROLE_TAG]) for it in found] == [(event.name, WORKER_ROLE)] * 2
        assert {(it.role, it.user_data) for it in found} == {("worker-role", user_data())}
        group.end(ids.pop())
        assert group.instances == ids
        group.lose(ids[0])
        state = aws.client("ec2", event.region).describe_instances(InstanceIds=ids[:1])
        assert state["Reservations"][0]["Instances"][0]["State"]["Name"] in ("shutting-down", "terminated")
