"""What boto3 puts into path, query, headers and body is read as it was meant."""

from __future__ import annotations

from typing import Any

import pytest

from lab.wire.rest import UNREAD
from tests.lab.wire.reading import read

CHANGE = {
    "Action": "CREATE",
    "ResourceRecordSet": {"Name": "a.b", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
}


def as_text(value: Any) -> Any:
    """A figure that came in XML is text."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    return [as_text(each) for each in value] if isinstance(value, list) else str(value)


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("scheduler", "create_schedule_group", {"Name": "a", "ClientToken": "t"}),
        ("s3", "put_bucket_policy", {"Bucket": "bucket", "Policy": "{}", "ChecksumAlgorithm": "CRC32"}),
        ("scheduler", "get_schedule", {"Name": "a", "GroupName": "b"}),
        ("route53", "change_resource_record_sets", {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [CHANGE]}}),
        (
            "apigatewayv2",
            "create_domain_name",
            {"DomainName": "a.b", "DomainNameConfigurations": [{"CertificateArn": "c"}]},
        ),
        ("route53", "list_resource_record_sets", {"HostedZoneId": "Z1", "MaxItems": "3"}),
    ],
)
def test_it_is_read_as_it_was_given(service: str, call: str, arguments: dict[str, Any]) -> None:
    found = read(service, call, arguments)

    assert (as_text(found.parameters), found.unknown) == (as_text(arguments), ())


def test_an_object_s_content_is_not_read() -> None:
    found = read("s3", "put_object", {"Bucket": "bucket", "Key": "a/b", "Body": b"much"})

    assert found.operation == "PutObject"
    assert found.parameters["Body"] == UNREAD
