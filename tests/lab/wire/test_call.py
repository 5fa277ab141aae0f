"""Who signed a request, and what it asks for."""

from __future__ import annotations

import pytest

from lab.wire.call import NotRead, Sender, body_of, read_call, sender_of
from tests.lab.wire.reading import environ_of


@pytest.mark.parametrize(
    ("service", "call", "protocol"),
    [
        ("cloudwatch", "describe_alarms", "json"),
        ("service-quotas", "list_services", "json"),
        ("resourcegroupstaggingapi", "get_resources", "json"),
        ("ec2", "describe_vpcs", "ec2"),
        ("apigatewayv2", "get_apis", "rest-json"),
    ],
)
def test_the_service_is_known_by_the_name_in_the_signature(service: str, call: str, protocol: str) -> None:
    assert sender_of(environ_of(service, call, {})) == Sender("a", "us-west-2", service, protocol)


def test_a_link_is_signed_in_its_query() -> None:
    query = "X-Amz-Credential=a%2F20270301%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=b"

    assert sender_of({"QUERY_STRING": query}) == Sender("a", "eu-west-1", "s3", "rest-xml")


def test_a_form_from_terraform_is_read_as_a_form() -> None:
    """Its provider talks to CloudWatch in the older protocol."""
    environ = {"HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=a/20270301/us-west-2/monitoring/aws4_request, …"}

    assert sender_of(environ) == Sender("a", "us-west-2", "cloudwatch", "query")


def test_an_unsigned_request_has_no_sender() -> None:
    assert sender_of({"QUERY_STRING": "a=b"}) is None


def test_the_body_can_be_read_again() -> None:
    environ = environ_of("ssm", "get_parameters", {"Names": ["/a"]})
    read_call(environ, Sender("a", "us-west-2", "ssm", "json"))

    assert body_of(environ) == b'{"Names": ["/a"]}'


def test_what_the_service_does_not_do_is_told() -> None:
    environ = environ_of("scheduler", "get_schedule", {"Name": "a"}) | {"REQUEST_METHOD": "PATCH"}
    with pytest.raises(NotRead, match=r"PATCH /schedules/a is no operation of scheduler"):
        read_call(environ, Sender("a", "us-west-2", "scheduler", "rest-json"))
