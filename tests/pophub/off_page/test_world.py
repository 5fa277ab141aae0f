"""Where the function's settings come from, and when a machine answers."""

from __future__ import annotations

import socket

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pophub.off_page.world import World, code_of

ENVIRONMENT = {
    "AWS_REGION": "us-west-2",
    "BUCKET": "pophub-bucket",
    "BUCKET_REGION": "eu-west-1",
    "INSTANCE_ID": "i-1",
    "HUB_ADDRESS": "192.0.2.1",
}


def test_its_settings_are_the_function_s_environment() -> None:
    world = World.of("geo", ENVIRONMENT)

    assert (world.region, world.bucket, world.bucket_region) == ("us-west-2", "pophub-bucket", "eu-west-1")
    assert (world.instance, world.address, world.https_port) == ("i-1", "192.0.2.1", 443)


def test_a_machine_answers_or_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        world = World("geo", "us-west-2", "bucket", "us-west-2", "i-1", "127.0.0.1", https_port=port)
        answers = world.listens()

    assert (answers, world.listens()) == (True, False)


def test_it_knows_what_time_it_is() -> None:
    assert World.of("geo", ENVIRONMENT).moment().tzinfo is not None


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://ec2"), "EndpointConnectionError"),
    ],
)
def test_every_failure_has_a_code(failure: Exception, code: str) -> None:
    assert code_of(failure) == code
