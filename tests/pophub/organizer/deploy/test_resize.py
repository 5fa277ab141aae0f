"""Whether a deploy stops a hub that runs, asked of the lab's EC2."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.aws import LabAws
from lab.plans import plan_of
from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG, HUB_ROLE, ROLE_TAG, WORKER_ROLE
from pophub.core.errors import PophubError
from pophub.organizer.deploy.resize import require_consent, stops_for
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.sections import Host
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.plan import Plan
from tests.pophub.planted import REGION


@pytest.fixture
def machine(lab_aws: LabAws) -> Iterator[str]:
    ec2 = lab_aws.client("ec2", REGION)
    tags = [
        {
            "ResourceType": "instance",
            "Tags": [{"Key": EVENT_TAG, "Value": "resized"}, {"Key": ROLE_TAG, "Value": HUB_ROLE}],
        }
    ]
    made = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="m7i.large", TagSpecifications=tags
    )
    yield made["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])


def _plan(name: str, instance_type: str) -> Plan:
    changes = {"name": name, "region": REGION, "host": Host(instance_type=instance_type)}
    return plan_of(load_event(EXAMPLE_EVENT).model_copy(update=changes))


def test_nothing_stops_where_there_is_no_machine(aws: Aws) -> None:
    assert stops_for(aws, _plan("resized", "m7i.large")) == ()


def test_a_machine_that_runs_stops_for_another_type_only(aws: Aws, lab_aws: LabAws, machine: str) -> None:
    assert stops_for(aws, _plan("resized", "m7i.large")) == ()
    assert stops_for(aws, _plan("another", "m7i.xlarge")) == ()
    [said] = stops_for(aws, _plan("resized", "m7i.xlarge"))
    assert "its machine, m7i.large, becomes m7i.xlarge" in said
    lab_aws.client("ec2", REGION).stop_instances(InstanceIds=[machine])
    assert stops_for(aws, _plan("resized", "m7i.xlarge")) == ()


def test_nobody_s_server_is_stopped_unasked() -> None:
    require_consent(())
    with pytest.raises(PophubError, match="nothing was deployed: the hub stops"):
        require_consent(("the hub stops",))


def test_workers_that_the_event_file_has_no_more_are_not_ended_unasked(aws: Aws, lab_aws: LabAws, machine: str) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    pairs = {EVENT_TAG: "resized", ROLE_TAG: WORKER_ROLE}
    tags = [{"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in pairs.items()]}]
    [made] = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=tags)["Instances"]

    [said] = stops_for(aws, _plan("resized", "m7i.large"))
    assert said.startswith("everybody's server stops, because the event file has no `workers` any more")
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
