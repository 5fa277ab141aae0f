"""The account's key for disks, and a start by somebody who may not use it."""

from __future__ import annotations

import dataclasses

import pytest

from lab.account_kinds import INSTITUTION, ORDINARY, AccountKind
from lab.aws import LabAws
from pophub.organizer.deploy import iam
from tests.lab.aws_rules.conftest import Accounts
from tests.lab.aws_rules.roles import make_role

REGION = "us-west-2"
OWN_KEY = dataclasses.replace(ORDINARY, name="own key", customer_ebs_key=True)
START = iam.statement(["ec2:StartInstances"], ["*"])
GRANT = iam.statement(["kms:CreateGrant"], ["*"], {"Bool": {"kms:GrantIsForAWSResource": "true"}})


def stopped_machine(aws: LabAws) -> str:
    """With an encrypted disk."""
    ec2 = aws.client("ec2", REGION)
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "VolumeSize": 8}}
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    [made] = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, BlockDeviceMappings=[disk])["Instances"]
    ec2.stop_instances(InstanceIds=[made["InstanceId"]])
    return str(made["InstanceId"])


def start_by(aws: LabAws, role: str, machine: str) -> tuple[str, str]:
    """Its state after an accepted start, and why."""
    ec2 = aws.as_role(role, "ec2", REGION)
    assert ec2.start_instances(InstanceIds=[machine])["StartingInstances"][0]["InstanceId"] == machine
    [found] = aws.client("ec2", REGION).describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    return found["State"]["Name"], found["StateReason"].get("Message", "")


def test_the_default_is_aws_s_own_key_and_an_institution_s_is_another(account_of: Accounts) -> None:
    usual, own = (account_of(kind).client("ec2", REGION) for kind in (ORDINARY, INSTITUTION))

    assert usual.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    assert own.get_ebs_default_kms_key_id()["KmsKeyId"].startswith(f"arn:aws:kms:{REGION}:")
    assert usual.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert own.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True


def test_a_start_without_the_key_is_accepted_and_goes_back_to_stopped(account_of: Accounts) -> None:
    aws = account_of(OWN_KEY)

    assert start_by(aws, make_role(aws, "keyless", START), stopped_machine(aws)) == (
        "stopped",
        "Client.InternalError: Client error on launch",
    )


def test_with_the_key_it_runs(account_of: Accounts) -> None:
    aws = account_of(OWN_KEY)

    assert start_by(aws, make_role(aws, "keyed", START, GRANT), stopped_machine(aws))[0] == "running"


def test_aws_s_own_key_needs_no_leave(account_of: Accounts) -> None:
    aws = account_of(ORDINARY)

    assert start_by(aws, make_role(aws, "keyless", START), stopped_machine(aws))[0] == "running"


@pytest.mark.parametrize("kind", [ORDINARY, OWN_KEY], ids=lambda kind: kind.name)
def test_the_organizer_may_use_every_key(account_of: Accounts, kind: AccountKind) -> None:
    aws = account_of(kind)
    machine, ec2 = stopped_machine(aws), aws.client("ec2", REGION)
    ec2.start_instances(InstanceIds=[machine])

    [found] = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    assert found["State"]["Name"] == "running"
