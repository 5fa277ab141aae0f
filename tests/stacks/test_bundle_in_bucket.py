"""The bundle: under its content's hash in the bucket, and a pointer that says which one is the newest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from lab.plans import plan_of
from pophub.core.contract import BUNDLES
from pophub.organizer.deploy.bundle import build_bundle
from pophub.organizer.deploy.hub_secrets import stored_names
from pophub.organizer.event.event import Event
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def pointer(stack: Stack) -> dict[str, Any]:
    return dict(json.loads(stack.at("bundle/pointer")["value"]))


def test_the_key_is_the_content_s_hash(synth: Synthesis, stack: Stack) -> None:
    stored = stack.only("aws_s3_object")
    content = (synth.out / "stacks" / stack.name / stored["source"]).read_bytes()

    assert stored["key"] == f"{BUNDLES}/geo-hackweek/{hashlib.sha256(content).hexdigest()}.tar.gz"


def test_the_content_is_what_the_event_file_gives(synth: Synthesis, stack: Stack, event: Event) -> None:
    source = stack.only("aws_s3_object")["source"]

    assert (synth.out / "stacks" / stack.name / source).read_bytes() == build_bundle(plan_of(event)).content


def test_the_pointer_leads_to_the_object(stack: Stack) -> None:
    stored = stack.only("aws_s3_object")
    found = pointer(stack)

    assert (found["bucket"], found["key"]) == (stored["bucket"], stored["key"])
    assert found["sha256"] in found["key"]


def test_the_pointer_turns_only_after_the_object_the_secrets_and_the_disk_of_its_size_are_there(
    stack: Stack, event: Event
) -> None:
    first = ["bundle/object", "home/volume", *(f"secrets/{name}_parameter" for name in stored_names(event))]

    assert set(stack.at("bundle/pointer")["depends_on"]) == {stack.addresses[each] for each in first}


def test_the_pointer_turns_when_the_secrets_do(stack: Stack) -> None:
    assert pointer(stack)["secrets"] == "${var.secrets_version}"


def test_an_old_bundle_goes_only_after_the_new_one_has_come(stack: Stack) -> None:
    assert stack.only("aws_s3_object")["lifecycle"] == {"create_before_destroy": True}


def test_in_the_bucket_s_region_one_provider_is_enough(stack: Stack) -> None:
    assert "provider" not in stack.only("aws_s3_object")
    assert [each["region"] for each in stack.document["provider"]["aws"]] == ["us-west-2"]


def test_the_machine_is_told_the_bucket_s_region_and_not_its_own(other: Stack) -> None:
    assert pointer(other)["region"] == "us-west-2"
    assert other.only("aws_s3_object")["provider"] == "aws.bucket"
    assert {each.get("alias"): each["region"] for each in other.document["provider"]["aws"]} == {
        None: "eu-central-1",
        "bucket": "us-west-2",
    }
