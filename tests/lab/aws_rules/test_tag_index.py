"""The index of tags runs behind what is there."""

from __future__ import annotations

import dataclasses

from lab.account_kinds import ORDINARY
from lab.aws import LabAws
from tests.lab.aws_rules.conftest import Accounts

LATE = dataclasses.replace(ORDINARY, name="late", tag_index_lag=1)


def listed(aws: LabAws) -> int:
    filters = [{"Key": "pophub:event", "Values": ["late"]}]
    return len(
        aws.client("resourcegroupstaggingapi", "us-west-2").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    )


def test_what_is_deleted_is_seen_once_more(account_of: Accounts) -> None:
    aws = account_of(LATE)
    ec2 = aws.client("ec2", "us-west-2")
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "pophub:event", "Value": "late"}]}]
    volume = ec2.create_volume(AvailabilityZone="us-west-2a", Size=1, TagSpecifications=tags)["VolumeId"]

    assert listed(aws) == 1

    ec2.delete_volume(VolumeId=volume)

    assert [listed(aws), listed(aws)] == [1, 0]
