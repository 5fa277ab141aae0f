"""Messages taken apart, in each form in which AWS's answers come."""

from __future__ import annotations

import pytest

from pophub.aws.refusals.message import Refusal, normal, refusals_in, same_operation, with_plain_code

FORMS = {
    "operation error EC2: RunInstances, https response error StatusCode: 400, RequestID: 1-2, api error Foo: why not": (
        Refusal("Foo", "why not", "ec2", "RunInstances", 400)
    ),
    "operation error S3: PutObject, exceeded maximum number of attempts, 9, https response error StatusCode: 503, "
    "RequestID: 1, HostID: 2=, api error SlowDown: slower": Refusal("SlowDown", "slower", "s3", "PutObject", 503),
    # an error of the service's own model has no "api error"
    "operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 1, EntityAlreadyExists: there": (
        Refusal("EntityAlreadyExists", "there", "iam", "CreateRole", 409)
    ),
    "operation error Cost Explorer: GetTags, https response error StatusCode: 400, RequestID: 1, api error X: y": (
        Refusal("X", "y", "ce", "GetTags", 400)
    ),
    "botocore.exceptions.ClientError: An error occurred (Foo) when calling the RunInstances operation: why not": (
        Refusal("Foo", "why not", "", "RunInstances")
    ),
    "An error occurred (Foo) when calling the X operation (reached max retries: 4): why": Refusal(
        "Foo", "why", "", "X"
    ),
    "ec2 start_instances: Foo: why: not": Refusal("Foo", "why: not", "ec2", "start_instances"),
    "VPC: VpcLimitExceeded: no\n\tstatus code: 400, request id: 1": Refusal("VpcLimitExceeded", "no", "", "", 400),
    "<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>": Refusal("NoSuchBucket", "gone"),
    "last error: Client.InternalError: Client error on launch": (
        Refusal("Client.InternalError", "Client error on launch")
    ),
}


@pytest.mark.parametrize("text", FORMS)
def test_each_form_has_its_call_code_and_message(text: str) -> None:
    assert refusals_in(text) == (FORMS[text],)


def test_a_message_ends_with_its_paragraph() -> None:
    text = "api error X\nError: operation error EC2: A, https response error StatusCode: 400, RequestID: 1, api error Foo: why"
    [refusal] = refusals_in(f"{text}\n\n  with aws_x.y,\n  on cdk.tf.json line 3:\n   3: }}\n")

    assert refusal.message == "why"


def test_a_code_in_passing_is_no_answer() -> None:
    assert refusals_in("the role may not get AccessDenied or VcpuLimitExceeded here") == ()
    assert refusals_in("creating EIP: AddressLimitExceeded: too many") == (Refusal("AddressLimitExceeded", "too many"),)


def test_names_are_those_of_boto() -> None:
    assert (normal("Route 53"), normal("Cost Explorer"), normal("EC2")) == ("route53", "ce", "ec2")
    assert same_operation("run_instances", "RunInstances")
    assert with_plain_code(Refusal("Server.InsufficientInstanceCapacity")).code == "InsufficientInstanceCapacity"
    assert (Refusal("x", service="ec2", operation="Y").call, Refusal("x").call) == ("ec2 Y", "")
