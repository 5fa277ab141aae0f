"""The function that answers while the hub is off: what it is, and that it can do little."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def function(stack: Stack) -> dict[str, Any]:
    return stack.only("aws_lambda_function")


def test_its_archive_has_its_code_and_the_event_s_facts(synth: Synthesis, stack: Stack) -> None:
    content = (synth.out / "stacks" / stack.name / function(stack)["filename"]).read_bytes()
    archive = zipfile.ZipFile(io.BytesIO(content))

    assert function(stack)["source_code_hash"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert json.loads(archive.read("facts.json"))["title"] == "Geo Hackweek 2027"
    assert function(stack)["handler"].replace(".", "/").removesuffix("/handler") + ".py" in archive.namelist()


def test_it_knows_its_hub(stack: Stack) -> None:
    variables = function(stack)["environment"]["variables"]

    assert variables["INSTANCE_ID"] == stack.reference("hub/instance", "id")
    assert variables["HUB_ADDRESS"] == stack.reference("hub/address", "public_ip")
    assert variables["BUCKET"] == stack.only("aws_s3_object")["bucket"]
    found_after, known_after = stack.at("dns/check")["request_interval"], stack.at("dns/record")["ttl"]
    assert int(variables["SECONDS_TO_THE_HUB"]) > found_after + known_after


def test_it_may_start_one_machine_and_write_below_one_prefix(stack: Stack) -> None:
    statements = stack.policy("off_page/permissions")
    may = {action: it["Resource"] for it in statements for action in it["Action"]}
    bucket = stack.only("aws_s3_object")["bucket"]
    objects = f"arn:aws:s3:::{bucket}/reports/geo-hackweek"

    assert may["ec2:StartInstances"] == [stack.reference("hub/instance", "arn")]
    assert may["s3:PutObject"] == [f"{objects}/started.json", f"{objects}/wakes/*"]
    assert may["s3:DeleteObject"] == [f"{objects}/wakes/*"]
    assert may["s3:GetObject"] == [f"{objects}/watch-report.json"]
    assert [name.rpartition("/parameter")[0] or name for name in may["ssm:GetParameter"]] != []
    assert may["ssm:GetParameter"][0].endswith(":parameter/pophub/geo-hackweek/wake_key")
    assert not [resource for resources in may.values() for resource in resources if resource == "*"]
    assert set(may) == {
        "ec2:StartInstances", "kms:CreateGrant", "logs:CreateLogStream", "logs:PutLogEvents", "s3:DeleteObject",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "ssm:GetParameter",
    }  # fmt: skip


def test_it_uses_the_keys_of_the_machine_s_disks_as_the_schedule_does(stack: Stack) -> None:
    grants = [
        [it["Resource"] for it in stack.policy(path) if it["Action"] == ["kms:CreateGrant"]]
        for path in ("off_page/permissions", "schedule/permissions")
    ]

    assert grants[0] == grants[1] != []


def test_only_lambda_takes_its_role_on(stack: Stack) -> None:
    [trust] = stack.policy("off_page/role", "assume_role_policy")

    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_its_log_ends_with_its_days(stack: Stack) -> None:
    log = stack.at("off_page/log")

    assert log["retention_in_days"] == 30
    assert function(stack)["logging_config"]["log_group"] == stack.reference("off_page/log", "name")
