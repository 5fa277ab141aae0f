"""What an account's quotas allow, and what Service Quotas says of them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import FREE_PLAN, NEW, ORDINARY, AccountKind
from lab.aws import LabAws
from lab.aws_rules.quotas import ADDRESSES, VCPUS, VPCS
from tests.lab.aws_rules.conftest import Accounts

REGION = "us-west-2"


def run(aws: LabAws, instance_type: str, count: int = 1) -> list[str]:
    ec2 = aws.client("ec2", REGION)
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType=instance_type, MinCount=count, MaxCount=count)["Instances"]
    return [each["InstanceId"] for each in made]


def test_a_new_account_runs_no_large_machine(account_of: Accounts) -> None:
    with pytest.raises(ClientError, match=r"VcpuLimitExceeded.*vCPU limit of 16 allows"):
        run(account_of(NEW), "r6i.8xlarge")


def test_machines_that_run_count_and_those_that_are_stopped_do_not(account_of: Accounts) -> None:
    aws = account_of(NEW)
    ec2 = aws.client("ec2", REGION)
    first = run(aws, "m5.2xlarge")
    ec2.stop_instances(InstanceIds=first)
    second = run(aws, "m5.4xlarge")
    with pytest.raises(ClientError, match="VcpuLimitExceeded"):
        ec2.start_instances(InstanceIds=first)
    ec2.terminate_instances(InstanceIds=second)

    assert ec2.start_instances(InstanceIds=first)["StartingInstances"][0]["InstanceId"] == first[0]

    ec2.terminate_instances(InstanceIds=first)


def test_the_free_plan_runs_small_types_only(account_of: Accounts) -> None:
    aws = account_of(FREE_PLAN)
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*not eligible for Free Tier"):
        run(aws, "m5.large")

    aws.client("ec2", REGION).terminate_instances(InstanceIds=run(aws, "t3.micro"))


def test_an_address_too_many_is_refused(account_of: Accounts) -> None:
    ec2 = account_of(NEW).client("ec2", "eu-central-1")
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    with pytest.raises(ClientError, match=r"AddressLimitExceeded.*maximum number of addresses"):
        ec2.allocate_address(Domain="vpc")


def test_a_vpc_too_many_is_refused_and_the_default_one_counts(account_of: Accounts) -> None:
    ec2 = account_of(NEW).client("ec2", "eu-central-1")
    for _ in range(4):
        ec2.create_vpc(CidrBlock="10.20.0.0/24")
    with pytest.raises(ClientError, match=r"VpcLimitExceeded.*maximum number of VPCs"):
        ec2.create_vpc(CidrBlock="10.20.0.0/24")


@pytest.mark.parametrize(("kind", "vcpus"), [(ORDINARY, 256.0), (NEW, 16.0)], ids=["ordinary", "new"])
def test_service_quotas_tells_them(account_of: Accounts, kind: AccountKind, vcpus: float) -> None:
    quotas = account_of(kind).client("service-quotas", REGION)

    def value(service: str, code: str) -> Any:
        return quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]

    assert (value("ec2", VCPUS), value("ec2", ADDRESSES), value("vpc", VPCS)) == (vcpus, 5.0, 5.0)
    with pytest.raises(ClientError, match="NoSuchResource"):
        value("ec2", "L-00000000")


def test_the_account_s_attributes_name_its_default_vpc(account_of: Accounts) -> None:
    ec2 = account_of(ORDINARY).client("ec2", REGION)
    [default] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    found = {
        each["AttributeName"]: each["AttributeValues"][0]["AttributeValue"]
        for each in ec2.describe_account_attributes()["AccountAttributes"]
    }

    assert (found["default-vpc"], found["vpc-max-elastic-ips"]) == (default["VpcId"], "5")
