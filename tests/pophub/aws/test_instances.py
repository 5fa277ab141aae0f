"""An event's instances, told apart by their role."""

from __future__ import annotations

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.aws.instances import hub_instance, workers
from pophub.core.contract import EVENT_TAG, HUB_ROLE, ROLE_TAG, WORKER_ROLE
from tests.pophub.planted import REGION


def _launch(lab: LabAws, role: str) -> str:
    tags = [{"Key": EVENT_TAG, "Value": "roles"}, {"Key": ROLE_TAG, "Value": role}]
    made = lab.client("ec2", REGION).run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    return str(made["Instances"][0]["InstanceId"])


def test_the_hub_is_never_one_of_its_workers(lab_aws: LabAws, aws: Aws) -> None:
    assert hub_instance(aws, REGION, "roles") is None
    worker = _launch(lab_aws, WORKER_ROLE)
    assert hub_instance(aws, REGION, "roles") is None
    hub = _launch(lab_aws, HUB_ROLE)

    found = hub_instance(aws, REGION, "roles")
    assert found is not None
    assert found["InstanceId"] == hub
    assert [it["InstanceId"] for it in workers(aws, REGION, "roles")] == [worker]


def test_a_terminated_machine_is_none(lab_aws: LabAws, aws: Aws) -> None:
    hub = _launch(lab_aws, HUB_ROLE)
    lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[hub])
    assert hub not in [it["InstanceId"] for it in [hub_instance(aws, REGION, "roles")] if it]
