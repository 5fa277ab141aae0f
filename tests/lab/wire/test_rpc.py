"""What boto3 writes into a form or into JSON is read as it was meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.wire.reading import read

TAGS = [{"Key": "pophub:event", "Value": "geo"}]


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("ec2", "describe_vpcs", {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "vpc-2"]}]}),
        (
            "ec2",
            "create_vpc",
            {"CidrBlock": "10.0.0.0/24", "TagSpecifications": [{"ResourceType": "vpc", "Tags": TAGS}]},
        ),
        ("iam", "create_role", {"RoleName": "a", "AssumeRolePolicyDocument": "{}", "Tags": TAGS}),
        ("cloudwatch", "describe_alarms", {"AlarmNames": ["a", "b"]}),
        ("sns", "create_topic", {"Name": "a", "Attributes": {"DisplayName": "b"}, "Tags": TAGS}),
        ("ssm", "get_parameters", {"Names": ["/a", "/b"]}),
        ("budgets", "describe_budget", {"AccountId": "123456789012", "BudgetName": "a"}),
        ("resourcegroupstaggingapi", "get_resources", {"TagFilters": [{"Key": "a", "Values": ["b"]}]}),
    ],
)
def test_it_is_read_as_it_was_given(service: str, call: str, arguments: dict[str, Any]) -> None:
    found = read(service, call, arguments)

    assert (found.parameters, found.unknown) == (arguments, ())


def test_an_empty_list_is_a_list() -> None:
    assert read("cloudwatch", "describe_alarms", {"AlarmNames": []}).parameters == {"AlarmNames": []}
