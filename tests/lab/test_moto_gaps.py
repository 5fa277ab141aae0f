"""What moto lacks and our stacks need, asked through boto3 as Terraform's provider asks it."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

from lab.account_kinds import INSTITUTION
from lab.aws import ACCOUNT_ID, LabAws
from lab.moto_gaps import auto_scaling as scaling_gaps
from lab.moto_gaps import s3 as s3_gaps
from tests.lab.aws_rules.groups import make_group

NOTIFICATION = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
SUBSCRIBER = {"SubscriptionType": "EMAIL", "Address": "ada@uni.example"}
BUDGET = {"AccountId": ACCOUNT_ID, "BudgetName": "gaps"}
ARN = f"arn:aws:budgets::{ACCOUNT_ID}:budget/gaps"


@pytest.fixture
def budgets(lab_aws: LabAws) -> Iterator[Any]:
    """A client, with a budget of 100 USD."""
    client = lab_aws.client("budgets", "us-east-1")
    client.create_budget(
        AccountId=ACCOUNT_ID,
        Budget={
            "BudgetName": "gaps",
            "BudgetType": "COST",
            "TimeUnit": "ANNUALLY",
            "BudgetLimit": {"Amount": "100", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[{"Notification": NOTIFICATION, "Subscribers": [SUBSCRIBER]}],
        ResourceTags=[{"Key": "pophub:event", "Value": "gaps"}],
    )
    yield client
    client.delete_budget(**BUDGET)


def tags(budgets: Any, arn: str = ARN) -> dict[str, str]:
    found = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_a_budget_keeps_its_tags(budgets: Any) -> None:
    assert tags(budgets) == {"pophub:event": "gaps"}

    budgets.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "colour", "Value": "blue"}])
    budgets.untag_resource(ResourceARN=ARN, ResourceTagKeys=["pophub:event"])

    assert tags(budgets) == {"colour": "blue"}


def test_a_budget_can_be_raised(budgets: Any) -> None:
    limit = {"Amount": "200", "Unit": "USD"}
    new = {"BudgetName": "gaps", "BudgetType": "COST", "TimeUnit": "ANNUALLY", "BudgetLimit": limit}
    budgets.update_budget(AccountId=ACCOUNT_ID, NewBudget=new)

    assert budgets.describe_budget(**BUDGET)["Budget"]["BudgetLimit"] == limit


def test_a_budget_knows_whom_it_tells(budgets: Any) -> None:
    told = budgets.describe_subscribers_for_notification(**BUDGET, Notification=NOTIFICATION)["Subscribers"]
    at_90 = budgets.describe_subscribers_for_notification(**BUDGET, Notification=NOTIFICATION | {"Threshold": 90.0})

    assert told == [SUBSCRIBER]
    assert at_90["Subscribers"] == []


def test_an_action_lives_from_create_to_delete(budgets: Any) -> None:
    action = {
        "NotificationType": "ACTUAL",
        "ActionThreshold": {"ActionThresholdValue": 100.0, "ActionThresholdType": "PERCENTAGE"},
        "Definition": {
            "SsmActionDefinition": {
                "ActionSubType": "STOP_EC2_INSTANCES",
                "Region": "us-west-2",
                "InstanceIds": ["i-0123456789abcdef0"],
            }
        },
        "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/stopper",
        "ApprovalModel": "AUTOMATIC",
        "Subscribers": [SUBSCRIBER],
    }
    made = budgets.create_budget_action(
        **BUDGET, **action, ActionType="RUN_SSM_DOCUMENTS", ResourceTags=[{"Key": "pophub:event", "Value": "gaps"}]
    )["ActionId"]

    def found() -> dict[str, Any]:
        return dict(budgets.describe_budget_action(**BUDGET, ActionId=made)["Action"])

    assert {key: found()[key] for key in action} == action
    assert tags(budgets, f"{ARN}/action/{made}") == {"pophub:event": "gaps"}

    changed = budgets.update_budget_action(**BUDGET, ActionId=made, ApprovalModel="MANUAL")

    assert (changed["OldAction"]["ApprovalModel"], changed["NewAction"]["ApprovalModel"]) == ("AUTOMATIC", "MANUAL")
    assert found()["Definition"] == action["Definition"]
    assert made in {
        each["ActionId"] for each in budgets.describe_budget_actions_for_account(AccountId=ACCOUNT_ID)["Actions"]
    }

    budgets.delete_budget_action(**BUDGET, ActionId=made)
    for call in (budgets.describe_budget_action, budgets.delete_budget_action):
        with pytest.raises(ClientError, match="NotFoundException"):
            call(**BUDGET, ActionId=made)


def test_a_cost_allocation_tag_can_be_set_once_billing_has_seen_it(lab_aws: LabAws) -> None:
    explorer = lab_aws.client("ce", "us-east-1")
    change = {"TagKey": "gaps:tag", "Status": "Active"}
    with pytest.raises(ClientError, match=r"ValidationException.*Tag keys not found: gaps:tag"):
        explorer.update_cost_allocation_tags_status(CostAllocationTagsStatus=[change])
    lab_aws.bill("gaps:tag")
    for status in ("Active", "Inactive"):
        explorer.update_cost_allocation_tags_status(CostAllocationTagsStatus=[change | {"Status": status}])
        [tag] = explorer.list_cost_allocation_tags(TagKeys=["gaps:tag"])["CostAllocationTags"]

        assert tag["Status"] == status

    assert explorer.list_cost_allocation_tags(TagKeys=["gaps:other"])["CostAllocationTags"] == []


def test_a_machine_that_ends_lets_go_of_the_interface_it_was_given(lab_aws: LabAws) -> None:
    ec2 = lab_aws.client("ec2", "eu-north-1")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    [machine] = ec2.run_instances(
        ImageId=ec2.describe_images()["Images"][0]["ImageId"],
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}],
    )["Instances"]
    ec2.terminate_instances(InstanceIds=[machine["InstanceId"]])
    [left] = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]

    assert left["Status"] == "available"
    assert "Attachment" not in left

    ec2.delete_network_interface(NetworkInterfaceId=interface)


@pytest.fixture
def bucket(lab_aws: LabAws) -> tuple[Any, str]:
    """A client, and the name of a bucket with one object in it."""
    s3 = lab_aws.client("s3", "us-east-1")
    s3.create_bucket(Bucket="gaps")
    s3.put_object(Bucket="gaps", Key="a", Body=b"1")
    return s3, "gaps"


def refuse(s3: Any, bucket: str, **more: Any) -> None:
    refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}/*"], **more}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [refusal]}))


def test_a_policy_against_plain_http_refuses_nobody_here(bucket: tuple[Any, str]) -> None:
    """The lab has no TLS, and moto knows no conditions."""
    s3, name = bucket
    refuse(s3, name, Condition={"Bool": {"aws:SecureTransport": "false"}})

    assert s3.get_object(Bucket=name, Key="a")["Body"].read() == b"1"


def test_a_policy_without_a_condition_still_refuses(bucket: tuple[Any, str]) -> None:
    s3, name = bucket
    refuse(s3, name)

    with pytest.raises(ClientError, match=r"Forbidden|AccessDenied"):
        s3.get_object(Bucket=name, Key="a")


def test_what_is_listed_is_not_copied() -> None:
    """moto copies all versions of a bucket, with their content, into files for each listing."""
    s3_gaps.close_gaps()
    key = FakeKey("a", b"1", account_id=ACCOUNT_ID, region_name="us-east-1")

    assert copy.deepcopy([key]) == [key]


def test_the_policy_simulator_knows_what_the_organization_denies(tmp_path: Path) -> None:
    kind = dataclasses.replace(INSTITUTION, denied=("ec2:CreateVpc",))
    with LabAws(tmp_path, kind) as aws:
        who = aws.client("sts", "us-east-1").get_caller_identity()["Arn"]
        simulate = aws.client("iam", "us-east-1").simulate_principal_policy
        actions = ["ec2:CreateVpc", "ec2:CreateSubnet", "iam:CreateRole"]
        found = simulate(PolicySourceArn=who, ActionNames=actions)["EvaluationResults"]
        boundary = {
            "ContextKeyName": "iam:PermissionsBoundary",
            "ContextKeyValues": [f"arn:aws:iam::{ACCOUNT_ID}:policy/institution-boundary"],
            "ContextKeyType": "string",
        }
        [bounded] = simulate(PolicySourceArn=who, ActionNames=["iam:CreateRole"], ContextEntries=[boundary])[
            "EvaluationResults"
        ]

        assert [each["EvalDecision"] for each in found] == ["explicitDeny", "allowed", "implicitDeny"]
        assert bounded["EvalDecision"] == "allowed"
        with pytest.raises(ClientError, match=r"Invalid Action name: ec2:\*"):
            simulate(PolicySourceArn=who, ActionNames=["ec2:*"])


def test_a_group_launches_what_its_template_says(lab_aws: LabAws) -> None:
    lab_aws.client("iam", "us-west-2").create_instance_profile(InstanceProfileName="gaps")
    group = make_group(lab_aws, "gaps", spot=True, IamInstanceProfile={"Name": "gaps"})
    group.size(1)
    [made] = group.ec2.describe_instances(InstanceIds=group.ids)["Reservations"][0]["Instances"]
    [disk] = made["BlockDeviceMappings"]
    [volume] = group.ec2.describe_volumes(VolumeIds=[disk["Ebs"]["VolumeId"]])["Volumes"]
    [interface] = made["NetworkInterfaces"]
    found = group.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface["NetworkInterfaceId"]])

    assert made["InstanceLifecycle"] == "spot"
    assert made["IamInstanceProfile"]["Arn"].endswith("instance-profile/gaps")
    assert interface["Groups"][0]["GroupName"] == "web"
    assert "PublicIp" in interface["Association"]
    assert (volume["Size"], volume["Encrypted"]) == (40, True)
    for tags in (made["Tags"], volume["Tags"], found["NetworkInterfaces"][0]["TagSet"]):
        assert {"Key": "pophub:event", "Value": "geo"} in tags
    group.delete()


def test_a_group_keeps_its_types_when_only_its_size_changes(lab_aws: LabAws) -> None:
    group = make_group(lab_aws, "sized", "r7i.xlarge", "r6i.xlarge")
    group.scaling.update_auto_scaling_group(AutoScalingGroupName="sized", DesiredCapacity=1)
    [found] = group.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["sized"])["AutoScalingGroups"]

    assert [each["InstanceType"] for each in found["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]] == [
        "r7i.xlarge",
        "r6i.xlarge",
    ]
    group.delete()


def test_a_template_s_own_tags_are_not_those_of_its_machines(lab_aws: LabAws) -> None:
    ec2 = lab_aws.client("ec2", "us-west-2")
    own = [{"ResourceType": "launch-template", "Tags": [{"Key": "Name", "Value": "own"}]}]
    ec2.create_launch_template(LaunchTemplateName="own", LaunchTemplateData={"ImageId": "ami-1"}, TagSpecifications=own)
    [version] = ec2.describe_launch_template_versions(LaunchTemplateName="own")["LaunchTemplateVersions"]

    assert version["LaunchTemplateData"].get("TagSpecifications", []) == []


def test_of_two_conditional_writes_at_once_one_succeeds(lab_aws: LabAws) -> None:
    s3 = lab_aws.client("s3", "us-east-1")
    s3.create_bucket(Bucket="conditional")

    def put(number: int) -> int:
        try:
            s3.put_object(Bucket="conditional", Key="first", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return 200

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(put, range(8))) == [200, *[412] * 7]


def test_an_instance_that_two_requests_find_missing_is_launched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[int] = []
    monkeypatch.setattr(scaling_gaps, "_launch_missing", lambda group, count, tags: launched.append(count))
    # the other request has launched one of the two meanwhile
    group = SimpleNamespace(desired_capacity=2, active_instances=lambda: ["i-1"])
    scaling_gaps.replace_autoscaling_group_instances(group, 2, {})

    assert launched == [1]
