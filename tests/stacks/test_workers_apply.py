"""The real Terraform with workers against the lab AWS: one deployment, refused once, scaled by its schedule, destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lab.aws import ACCOUNT_ID, LabAws
from lab.inventory import Entry, take_inventory
from lab.policies import matches
from lab.scheduler import LabScheduler
from lab.site import LabSite
from pophub.aws.instances import workers
from pophub.core.contract import bucket_name, worker_parameter, workers_name
from pophub.core.errors import PophubError
from pophub.organizer.deploy.terraform.logs import logs_of
from pophub.organizer.doctor.rights import OFF_PAGE_POLICY, POLICY, WORKERS_POLICY
from pophub.organizer.leftovers.leftovers import find, removable, remove
from pophub.organizer.leftovers.workers import end_workers
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.planted import event_context
from tests.stacks.test_apply import SECRETS

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

REGION, EVENT = "us-west-2", "course"
GROUP = workers_name(EVENT)


class Course:
    """The event with workers; the tests stand in the order of its life."""

    def __init__(self, folder: Path, aws: LabAws) -> None:
        file = folder / f"{EVENT}.yaml"
        file.write_text(EXAMPLE_EVENT.read_text().replace("workers: null", "workers: {}"))
        self.aws, self.site = aws, LabSite(folder / "site", file, aws, SECRETS, lambda line: None, keeps_app=True)
        self.before = take_inventory(aws, REGION)

    def client(self, service: str) -> Any:
        return self.aws.client(service, REGION)

    def group(self) -> dict[str, Any]:
        [found] = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return dict(found)

    def fire(self, kind: str) -> str | None:
        """The first firing of the schedules of a kind; the code with which AWS refused it."""
        scheduler = LabScheduler(self.aws, REGION, f"pophub-{EVENT}")
        firings = scheduler.firings(date(2027, 3, 1), date(2027, 3, 2))
        return scheduler.fire(next(each for each in firings if each.name.startswith(kind)))

    def forget(self, *kinds: str) -> None:
        """Take the resources of these types from Terraform's state."""
        file = self.site.app.folder / f"terraform.{EVENT}.tfstate"
        state = json.loads(file.read_text())
        state["resources"] = [it for it in state["resources"] if it["type"] not in kinds]
        file.write_text(json.dumps(state))

    def made(self) -> frozenset[Entry]:
        return take_inventory(self.aws, REGION) - self.before


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("course")
    with LabAws(folder / "aws") as aws:
        configuration = {"LocationConstraint": REGION}
        aws.client("s3", REGION).create_bucket(Bucket=bucket_name(ACCOUNT_ID), CreateBucketConfiguration=configuration)
        yield Course(folder, aws)


def test_a_group_that_aws_refuses_is_explained(course: Course) -> None:
    course.aws.change(denied=("iam:CreateServiceLinkedRole",))
    with pytest.raises(PophubError, match="service-linked role") as refused:
        course.site.app.deploy(EVENT)
    course.aws.change(denied=())

    assert "create-service-linked-role" in str(refused.value.hint)


def test_the_same_command_goes_on_and_a_third_one_changes_nothing(course: Course) -> None:
    course.site.app.deploy(EVENT)
    course.site.app.deploy(EVENT)
    *_, last = logs_of(course.site.app.logs, f"deploy {EVENT}")

    assert "Resources: 0 added, 0 changed, 0 destroyed." in last.read_text()
    assert course.group()["Instances"] == []


def test_the_schedule_warms_workers_that_are_born_as_they_should_be(course: Course) -> None:
    assert course.fire("grow-") is None
    ids = [each["InstanceId"] for each in course.group()["Instances"]]
    ec2 = course.client("ec2")
    found = [it for each in ec2.describe_instances(InstanceIds=ids)["Reservations"] for it in each["Instances"]]

    assert len(found) == 4
    for each in found:
        tags = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
        [disk] = each["BlockDeviceMappings"]
        [volume] = ec2.describe_volumes(VolumeIds=[disk["Ebs"]["VolumeId"]])["Volumes"]

        assert (tags["pophub:event"], tags["pophub:role"]) == (EVENT, "worker")
        assert each["MetadataOptions"]["HttpTokens"] == "required"
        assert each["IamInstanceProfile"]["Arn"].endswith("-worker")
        assert (volume["Size"], volume["VolumeType"], volume["Encrypted"]) == (40, "gp3", True)
        assert (
            each["SubnetId"]
            == ec2.describe_subnets(Filters=[{"Name": "tag:pophub:event", "Values": [EVENT]}])["Subnets"][0]["SubnetId"]
        )


def test_the_hub_s_role_sizes_the_group_protects_and_ends_workers_and_writes_the_token(course: Course) -> None:
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/pophub-{EVENT}-hub"
    scaling, ssm = (course.aws.as_role(role, service, REGION) for service in ("autoscaling", "ssm"))
    first, *others = [
        each["InstanceId"] for each in scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["Instances"]
    ]
    scaling.set_instance_protection(AutoScalingGroupName=GROUP, InstanceIds=[first], ProtectedFromScaleIn=True)
    scaling.terminate_instance_in_auto_scaling_group(InstanceId=others[0], ShouldDecrementDesiredCapacity=True)
    ssm.put_parameter(Name=worker_parameter(EVENT), Value="a token", Type="SecureString", Overwrite=True)

    assert course.group()["DesiredCapacity"] == 3
    with pytest.raises(scaling.exceptions.ClientError, match="AccessDenied"):
        scaling.update_auto_scaling_group(AutoScalingGroupName=GROUP, MaxSize=100)
    with pytest.raises(ssm.exceptions.ClientError, match="AccessDenied"):
        ssm.put_parameter(Name=f"/pophub/{EVENT}/bundle", Value="{}", Type="String", Overwrite=True)


def test_a_worker_s_role_reads_the_token_and_no_secret_and_sets_no_size(course: Course) -> None:
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/pophub-{EVENT}-worker"
    scaling, ssm = (course.aws.as_role(role, service, REGION) for service in ("autoscaling", "ssm"))

    assert ssm.get_parameter(Name=worker_parameter(EVENT), WithDecryption=True)["Parameter"]["Value"] == "a token"
    with pytest.raises(ssm.exceptions.ClientError, match="AccessDenied"):
        ssm.get_parameter(Name=f"/pophub/{EVENT}/github_client_secret")
    with pytest.raises(scaling.exceptions.ClientError, match="AccessDenied"):
        scaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=5)


def test_a_size_of_zero_ends_all_but_the_workers_that_the_hub_protects(course: Course) -> None:
    assert course.fire("shrink-") is None

    assert course.group()["DesiredCapacity"] == 0
    assert [each["ProtectedFromScaleIn"] for each in course.group()["Instances"]] == [True]


def test_a_used_up_budget_lets_the_schedule_start_no_worker_and_end_all(course: Course) -> None:
    iam = course.client("iam")
    policy = {
        "RoleName": f"pophub-{EVENT}-schedule",
        "PolicyArn": f"arn:aws:iam::{ACCOUNT_ID}:policy/pophub-{EVENT}-no-start",
    }
    iam.attach_role_policy(**policy)

    assert course.fire("grow-") == "AccessDenied"
    assert course.fire("shrink-") is None
    iam.detach_role_policy(**policy)


def test_a_group_that_terraform_does_not_know_ends_first_and_only_the_snapshot_of_the_homes_is_left(
    course: Course,
) -> None:
    """As after a deployment that was killed between AWS's answer and the state; one worker is protected."""
    course.forget("aws_autoscaling_group", "aws_launch_template")
    ec2, context = course.client("ec2"), event_context(course.aws.as_scripts_see_it(), EVENT)
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:pophub:event", "Values": [EVENT]}])["Subnets"]
    assert workers(context.aws, REGION, EVENT) != []
    with pytest.raises(ec2.exceptions.ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    end_workers(context, lambda line: None)
    course.site.app.destroy(EVENT)

    assert {kind for kind, _ in course.made()} == {"Snapshots", "LaunchTemplates"}
    assert remove(context, removable(find(context))) == ()
    assert {kind for kind, _ in course.made()} == {"Snapshots"}


def test_the_organizer_s_three_policies_allow_all_that_these_tests_have_asked_of_aws(course: Course) -> None:
    statements = [
        each for file in (POLICY, OFF_PAGE_POLICY, WORKERS_POLICY) for each in json.loads(file.read_text())["Statement"]
    ]
    allowed = [pattern.lower() for statement in statements for pattern in statement["Action"]]
    refused = {each for each in course.aws.heard() if not any(matches(each.lower(), pattern) for pattern in allowed)}
    # what the tests do themselves; the last needs no leave
    own = {
        "iam:AttachRolePolicy",
        "route53:CreateHostedZone",
        "s3:ListAllMyBuckets",
        "sns:ListSubscriptions",
        "sts:AssumeRole",
    }

    assert refused <= own | {"sts:GetCallerIdentity"}
