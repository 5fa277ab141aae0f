"""Every IAM policy of the stacks grants what it says: AWS knows its actions, their resources and their conditions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.iam_data import problems
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth

ACCOUNT = "123456789012"
# what Terraform knows only later → the form that AWS gives it
ARNS = {
    "aws_autoscaling_group": f"arn:aws:autoscaling:us-west-2:{ACCOUNT}:autoScalingGroup:an-id:autoScalingGroupName/a-group",
    "aws_instance": f"arn:aws:ec2:us-west-2:{ACCOUNT}:instance/i-0123456789abcdef0",
    "aws_iam_role": f"arn:aws:iam::{ACCOUNT}:role/a-role",
    "aws_iam_policy": f"arn:aws:iam::{ACCOUNT}:policy/a-policy",
    "aws_sns_topic": f"arn:aws:sns:us-west-2:{ACCOUNT}:a-topic",
    "aws_sqs_queue": f"arn:aws:sqs:us-west-2:{ACCOUNT}:a-queue",
    "aws_s3_bucket": "arn:aws:s3:::a-bucket",
    "aws_cloudwatch_metric_alarm": f"arn:aws:cloudwatch:us-west-2:{ACCOUNT}:alarm:an-alarm",
    "aws_cloudwatch_log_group": f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:a-log",
}
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/a-key"


def known(text: str) -> str:
    """With what Terraform fills in."""
    text = re.sub(r"\$\{data\.aws_caller_identity\.\w+\.account_id\}", ACCOUNT, text)
    for kind, arn in ARNS.items():
        text = re.sub(rf"\$\{{{re.escape(kind)}\.[\w-]+\.arn\}}", arn, text)
    return re.sub(r"\$\{aws_\w+\.[\w.\[\]-]+\.kms_key_id\}", KEY, text)


def policies(stack: Stack) -> Iterator[tuple[str, str]]:
    """Where each stands, and its text."""
    for kind, resources in stack.document["resource"].items():
        for id_, resource in resources.items():
            for key, value in resource.items():
                if isinstance(value, str) and '"Statement"' in value:
                    yield f"{kind}.{id_}.{key}", known(value)


def everything(synth: Synthesis) -> list[tuple[str, str]]:
    return [each for stack in synth.stacks.values() for each in policies(stack)]


def test_aws_knows_what_each_policy_names(synth: Synthesis) -> None:
    found = {f"{where}: {problem}" for where, policy in everything(synth) for problem in problems(policy)}

    assert len(everything(synth)) > 10
    assert found == set()


def test_no_arn_of_a_policy_is_left_to_guess(synth: Synthesis) -> None:
    def arns(policy: str) -> list[Any]:
        return [each for statement in json.loads(policy)["Statement"] for each in statement.get("Resource", [])]

    assert not [each for _, policy in everything(synth) for each in arns(policy) if "${" in each]
