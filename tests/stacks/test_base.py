"""What all stacks have in common: versions, tags, and where the state lies."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def test_every_stack_names_the_versions_it_was_tried_with(synth: Synthesis) -> None:
    for stack in synth.stacks.values():
        settings = stack.document["terraform"]

        assert settings["required_version"] == ">= 1.11.0"
        assert settings["required_providers"] == {"aws": {"source": "aws", "version": "5.100.0"}}


def test_whatever_can_be_tagged_is_tagged_with_its_event(synth: Synthesis) -> None:
    for name, stack in synth.stacks.items():
        for provider in stack.document["provider"]["aws"]:
            [tags] = provider["default_tags"]

            assert tags["tags"]["pophub:event"] == name


def test_an_event_s_things_also_say_when_it_ends(stack: Stack, other: Stack) -> None:
    ends = {
        tags["tags"]["pophub:ends"]
        for each in (stack, other)
        for provider in each.document["provider"]["aws"]
        for tags in provider["default_tags"]
    }

    assert ends == {"2027-03-12", "2027-11-30"}


def test_the_state_lies_here_in_one_file_a_stack(synth: Synthesis) -> None:
    for name, stack in synth.stacks.items():
        path = synth.folder / f"terraform.{name}.tfstate"

        assert stack.document["terraform"]["backend"] == {"local": {"path": str(path)}}


def test_the_state_can_lie_in_the_bucket_behind_a_lock(named_bucket: Synthesis) -> None:
    for name, stack in named_bucket.stacks.items():
        assert stack.document["terraform"]["backend"] == {
            "s3": {
                "bucket": "our-bucket",
                "key": f"state/{name}.tfstate",
                "region": "eu-west-1",
                "encrypt": True,
                "use_lockfile": True,
            }
        }


def test_a_bucket_with_a_name_is_meant_everywhere(named_bucket: Synthesis) -> None:
    event = named_bucket.stacks["geo-hackweek"]

    assert event.only("aws_s3_object")["bucket"] == "our-bucket"
    assert event.document["output"]["bucket"]["value"] == "our-bucket"
    assert '"bucket": "our-bucket", "region": "eu-west-1"' in event.at("bundle/pointer")["value"]
    assert "arn:aws:s3:::our-bucket/bundles/geo-hackweek/*" in event.at("role/permissions")["policy"]


def test_a_call_that_aws_refuses_for_want_of_a_machine_is_not_tried_for_an_hour(synth: Synthesis) -> None:
    providers = [each for stack in synth.stacks.values() for each in stack.document["provider"]["aws"]]

    assert {provider["max_retries"] for provider in providers} == {6}
