"""An inventory shows what came and what went, in each of the services where our stacks make something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.aws import ACCOUNT_ID, LabAws
from lab.inventory import take_inventory

REGION = "eu-west-3"
Make = Callable[[LabAws], Callable[[], Any]]


def _volume(aws: LabAws) -> Callable[[], Any]:
    ec2 = aws.client("ec2", REGION)
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    return lambda: ec2.delete_volume(VolumeId=volume)


def _snapshot(aws: LabAws) -> Callable[[], Any]:
    ec2 = aws.client("ec2", REGION)
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_volume(VolumeId=volume)
    return lambda: ec2.delete_snapshot(SnapshotId=snapshot)


def _address(aws: LabAws) -> Callable[[], Any]:
    ec2 = aws.client("ec2", REGION)
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return lambda: ec2.release_address(AllocationId=allocation)


def _parameter(aws: LabAws) -> Callable[[], Any]:
    ssm = aws.client("ssm", REGION)
    ssm.put_parameter(Name="/inventory/it", Type="String", Value="x")
    return lambda: ssm.delete_parameter(Name="/inventory/it")


def _schedule_group(aws: LabAws) -> Callable[[], Any]:
    scheduler = aws.client("scheduler", REGION)
    scheduler.create_schedule_group(Name="inventory")
    return lambda: scheduler.delete_schedule_group(Name="inventory")


def _topic(aws: LabAws) -> Callable[[], Any]:
    sns = aws.client("sns", REGION)
    arn = sns.create_topic(Name="inventory")["TopicArn"]
    return lambda: sns.delete_topic(TopicArn=arn)


def _role(aws: LabAws) -> Callable[[], Any]:
    iam = aws.client("iam", REGION)
    iam.create_role(RoleName="inventory", AssumeRolePolicyDocument="{}")
    return lambda: iam.delete_role(RoleName="inventory")


def _budget(aws: LabAws) -> Callable[[], Any]:
    budgets = aws.client("budgets", "us-east-1")
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": "inventory", "BudgetType": "COST", "TimeUnit": "ANNUALLY", "BudgetLimit": limit}
    budgets.create_budget(AccountId=ACCOUNT_ID, Budget=budget)
    return lambda: budgets.delete_budget(AccountId=ACCOUNT_ID, BudgetName="inventory")


def _record(aws: LabAws) -> Callable[[], Any]:
    route53 = aws.client("route53", "us-east-1")
    zone = aws.add_zone("inventory.example.org")
    record = {
        "Name": "hub.inventory.example.org.",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }

    def change(action: str) -> None:
        changes = [{"Action": action, "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    def remove() -> None:
        change("DELETE")
        route53.delete_hosted_zone(Id=zone)

    change("CREATE")
    return remove


def _object(aws: LabAws) -> Callable[[], Any]:
    s3 = aws.client("s3", "us-east-1")
    s3.create_bucket(Bucket="inventory")
    s3.put_object(Bucket="inventory", Key="it", Body=b"x")

    def remove() -> None:
        s3.delete_object(Bucket="inventory", Key="it")
        s3.delete_bucket(Bucket="inventory")

    return remove


MAKERS: dict[str, tuple[Make, set[str]]] = {
    "a volume": (_volume, {"Volumes"}),
    "a snapshot": (_snapshot, {"Snapshots"}),
    "an address": (_address, {"Addresses"}),
    "a parameter": (_parameter, {"Parameters"}),
    "a schedule group": (_schedule_group, {"ScheduleGroups"}),
    "a topic": (_topic, {"Topics"}),
    "a role": (_role, {"Roles"}),
    "a budget": (_budget, {"Budgets"}),
    "a record": (_record, {"ResourceRecordSets"}),
    "an object in a bucket": (_object, {"Buckets", "Objects"}),
}


@pytest.mark.parametrize(("make", "kinds"), MAKERS.values(), ids=MAKERS.keys())
def test_what_is_made_is_seen_until_it_is_gone(lab_aws: LabAws, make: Make, kinds: set[str]) -> None:
    before = take_inventory(lab_aws, REGION)
    remove = make(lab_aws)
    made = take_inventory(lab_aws, REGION) - before

    assert kinds <= {kind for kind, _ in made}

    remove()

    assert take_inventory(lab_aws, REGION) == before


def test_a_machine_that_has_ended_is_gone_and_one_that_is_stopped_is_not(lab_aws: LabAws) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    [machine] = ec2.run_instances(ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1)[
        "Instances"
    ]
    id_ = machine["InstanceId"]
    ec2.stop_instances(InstanceIds=[id_])

    assert ("Instances", id_) in take_inventory(lab_aws, REGION)

    ec2.terminate_instances(InstanceIds=[id_])

    assert ("Instances", id_) not in take_inventory(lab_aws, REGION)
