"""What all events of an AWS account share, and that no event takes it along when it goes."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def test_no_event_s_stack_has_a_bucket(stack: Stack, other: Stack) -> None:
    for each in (stack, other):
        assert "aws_s3_bucket" not in each.document["resource"]


def test_no_stack_waits_for_the_cost_tag(stack: Stack, account: Stack) -> None:
    """Billing knows a new tag only a day after its first use, and Terraform would fail until then."""
    for each in (stack, account):
        assert "aws_ce_cost_allocation_tag" not in each.document["resource"]


def test_it_stands_in_the_account_s_region(account: Stack, named_bucket: Synthesis) -> None:
    regions = [
        provider["region"]
        for each in (account, named_bucket.stacks["account"])
        for provider in each.document["provider"]["aws"]
    ]

    assert regions == ["us-west-2", "eu-west-1"]


def test_it_says_where_the_bucket_is(account: Stack) -> None:
    outputs = {name: output["value"] for name, output in account.document["output"].items()}

    assert outputs == {"bucket": account.reference("bucket/bucket", "id"), "bucket_region": "us-west-2"}


def test_what_it_makes_is_tagged_as_the_account_s(account: Stack) -> None:
    [provider] = account.document["provider"]["aws"]

    assert provider["default_tags"] == [{"tags": {"pophub:event": "account"}}]
