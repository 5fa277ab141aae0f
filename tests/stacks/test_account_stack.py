"""What all events of an AWS account share, and that no event takes it along when it goes."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def test_the_cost_tag_is_active_and_protected(account: Stack) -> None:
    tag = account.only("aws_ce_cost_allocation_tag")

    assert (tag["tag_key"], tag["status"]) == ("pophub:event", "Active")
    assert tag["lifecycle"] == {"prevent_destroy": True}


def test_no_event_s_stack_has_the_cost_tag_or_a_bucket(stack: Stack, other: Stack) -> None:
    for each in (stack, other):
        assert not {"aws_ce_cost_allocation_tag", "aws_s3_bucket"} & each.document["resource"].keys()


def test_an_account_that_does_not_pay_leaves_the_cost_tag_to_the_payer(named_shelf: Synthesis) -> None:
    assert "aws_ce_cost_allocation_tag" not in named_shelf.stacks["account"].document["resource"]


def test_it_stands_in_the_account_s_region(account: Stack, named_shelf: Synthesis) -> None:
    regions = [
        provider["region"]
        for each in (account, named_shelf.stacks["account"])
        for provider in each.document["provider"]["aws"]
    ]

    assert regions == ["us-west-2", "eu-west-1"]


def test_it_says_where_the_shelf_is(account: Stack) -> None:
    outputs = {name: output["value"] for name, output in account.document["output"].items()}

    assert outputs == {"shelf": account.reference("shelf/bucket", "id"), "shelf_region": "us-west-2"}


def test_what_it_makes_is_tagged_as_the_account_s(account: Stack) -> None:
    [provider] = account.document["provider"]["aws"]

    assert provider["default_tags"] == [{"tags": {"pophub:event": "account"}}]
