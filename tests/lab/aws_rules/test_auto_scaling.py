"""Auto Scaling: what it refuses, what is no error but an activity that failed, and what a size of zero does not end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import INSTITUTION, NEW, RAISED
from lab.aws import LabAws
from tests.lab.aws_rules.groups import Group, make_group
from tests.lab.aws_rules.network import REGION

ROLE = "AWSServiceRoleForAutoScaling"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("scaling"), RAISED) as lab:
        yield lab


def roles(aws: LabAws) -> set[str]:
    return {each["RoleName"] for each in aws.client("iam", REGION).list_roles()["Roles"]}


def test_the_first_group_needs_the_right_to_make_auto_scaling_s_role_and_later_ones_do_not(tmp_path: Path) -> None:
    with LabAws(tmp_path) as aws:
        aws.change(denied=("iam:CreateServiceLinkedRole",))
        with pytest.raises(ClientError, match=r"AccessDenied.*iam:CreateServiceLinkedRole"):
            make_group(aws, "first")
        aws.change(denied=())
        make_group(aws, "second", spot=True)
        aws.change(denied=("iam:CreateServiceLinkedRole",))
        make_group(aws, "third")

        assert roles(aws) >= {ROLE, "AWSServiceRoleForEC2Spot"}


def test_who_may_not_start_machines_may_make_no_group_that_does(aws: LabAws) -> None:
    aws.change(denied=("ec2:RunInstances",))
    with pytest.raises(ClientError, match=r"AccessDenied.*not authorized to use launch template"):
        make_group(aws, "not-authorized")
    aws.change(denied=())


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"InstanceMarketOptions": {"MarketType": "spot"}}, "Incompatible launch template"),
        ({"IamInstanceProfile": {"Name": "never-made"}}, "fully-formed launch template.*never-made"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(aws: LabAws, more: dict[str, Any], refusal: str) -> None:
    with pytest.raises(ClientError, match=f"ValidationError.*{refusal}"):
        make_group(aws, f"unfit-{refusal[:4].lower()}", **more)


def test_a_group_has_one_name(aws: LabAws) -> None:
    make_group(aws, "twice")
    with pytest.raises(ClientError, match="AlreadyExists"):
        aws.client("autoscaling", REGION).create_auto_scaling_group(
            AutoScalingGroupName="twice", MinSize=0, MaxSize=1, AvailabilityZones=[f"{REGION}a"],
            LaunchTemplate={"LaunchTemplateName": "twice"},
        )  # fmt: skip


def test_a_size_beyond_the_bounds_is_refused(aws: LabAws) -> None:
    group = make_group(aws, "bounds", most=2)
    with pytest.raises(ClientError, match="value 3 is above max value 2"):
        group.size(3)
    with pytest.raises(ClientError, match="Desired capacity:3 must be between"):
        group.scaling.update_auto_scaling_group(AutoScalingGroupName="bounds", DesiredCapacity=3)


def test_a_size_of_zero_ends_no_protected_instance(aws: LabAws) -> None:
    group = make_group(aws, "protected")
    group.size(2)
    kept = group.ids[:1]
    group.scaling.set_instance_protection(AutoScalingGroupName="protected", InstanceIds=kept, ProtectedFromScaleIn=True)
    group.scaling.update_auto_scaling_group(AutoScalingGroupName="protected", DesiredCapacity=0)

    assert group.ids == kept


def test_a_group_with_instances_is_deleted_only_by_force_and_takes_protected_ones_with_it(aws: LabAws) -> None:
    group = make_group(aws, "forced")
    group.size(1)
    [instance] = group.ids
    name = {"AutoScalingGroupName": "forced"}
    group.scaling.set_instance_protection(**name, InstanceIds=[instance], ProtectedFromScaleIn=True)
    with pytest.raises(ClientError, match="ResourceInUse"):
        group.scaling.delete_auto_scaling_group(**name)
    group.delete()

    [found] = group.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert found["State"]["Name"] == "terminated"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[LabAws]:
    with LabAws(tmp_path, NEW) as lab:
        yield lab


@pytest.mark.parametrize(
    ("spot", "reason"), [(False, "more vCPU capacity"), (True, "Max spot instance count exceeded")]
)
def test_a_quota_is_no_error_of_the_call_but_an_activity_that_failed(small: LabAws, spot: bool, reason: str) -> None:
    """16 vCPUs are four r7i.xlarge; each market has a quota of its own."""
    group = make_group(small, "quota", spot=spot)
    group.size(5)

    assert len(group.ids) == 4
    assert group.newest["StatusCode"] == "Failed"
    assert reason in group.newest["StatusMessage"]


def test_a_zone_without_capacity_is_tried_again_until_it_has_some(aws: LabAws) -> None:
    group = make_group(aws, "full")
    aws.change(full_zones=(f"{REGION}a",))
    group.size(1)

    assert group.ids == []
    assert "do not have sufficient r7i.xlarge capacity" in group.newest["StatusMessage"]

    aws.change(full_zones=())

    assert len(group.ids) == 1


def test_a_customer_s_key_that_does_not_know_auto_scaling_ends_each_worker_at_once(tmp_path: Path) -> None:
    with LabAws(tmp_path, INSTITUTION) as aws:
        group = make_group(aws, "key")
        group.size(1)

        assert group.ids == []
        assert "Client.InternalError: Client error on launch" in group.newest["StatusMessage"]

        kms, ec2 = aws.client("kms", REGION), aws.client("ec2", REGION)
        key = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]
        policy = f'{{"Statement": [{{"Principal": {{"AWS": "{ROLE}"}}}}]}}'
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

        assert len(group.ids) == 1


def test_what_ended_by_itself_is_replaced_only_if_that_is_not_suspended(aws: LabAws) -> None:
    groups: dict[str, Group] = {name: make_group(aws, name) for name in ("replaced", "suspended")}
    suspended = groups["suspended"]
    processes = {"AutoScalingGroupName": "suspended", "ScalingProcesses": ["ReplaceUnhealthy"]}
    suspended.scaling.suspend_processes(**processes)
    for group in groups.values():
        group.size(1)
        [ended] = group.ids
        group.ec2.terminate_instances(InstanceIds=[ended])

        assert (group.ids == [ended]) is (group is suspended)
    assert [each["HealthStatus"] for each in suspended.instances] == ["Unhealthy"]
