"""One event: its tags, and the addresses that must not change while it runs."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth

# Terraform destroys and makes anew what it finds under another address: homes, the hub's address, the machine.
# If one of these has to change, write `moved` blocks (or run `terraform state mv`) for the events that are deployed.
PINNED = {
    "home/volume": "aws_ebs_volume.home_volume_F48797F0",
    "home/attachment": "aws_volume_attachment.home_attachment_B6DD538D",
    "hub/instance": "aws_instance.hub_instance_11ECD830",
    "hub/address": "aws_eip.hub_address_6DE580D6",
    "hub/interface": "aws_network_interface.hub_interface_88F574C9",
    "network/public": "aws_subnet.network_public_0CBAFAB1",
    "network/vpc": "aws_vpc.network_vpc_4E8F0223",
}


def test_what_holds_homes_keeps_its_address(stack: Stack, other: Stack) -> None:
    for each in (stack, other):
        assert {path: each.addresses[path] for path in PINNED} == PINNED


def test_every_resource_belongs_to_a_part_of_the_event(stack: Stack) -> None:
    parts = {path.partition("/")[0] for path in stack.addresses if "/" in path}

    assert all("/" in path for path in stack.addresses)
    assert parts == {
        "alarms", "budget", "budget_actions", "bundle", "dns", "gateway", "home", "hub", "network", "off_page", "plan", "role",
        "schedule", "secrets", "starts",
    }  # fmt: skip


def test_two_events_of_one_account_have_no_name_in_common(stack: Stack, other: Stack) -> None:
    """Schedules are told apart by their group, inline policies by their role, stages by their API."""
    names = [
        {
            (kind, resource["name"])
            for kind, resources in each.document["resource"].items()
            if kind not in ("aws_scheduler_schedule", "aws_iam_role_policy", "aws_apigatewayv2_stage")
            for resource in resources.values()
            # the name of a certificate's record is known to AWS alone
            if not resource.get("name", "${").startswith("${")
        }
        for each in (stack, other)
    ]

    assert names[0]
    assert not names[0] & names[1]


def test_nothing_that_holds_data_is_left_unencrypted(stack: Stack) -> None:
    disks = [*stack.all("aws_ebs_volume"), *(each["root_block_device"] for each in stack.all("aws_instance"))]

    assert len(disks) == 2
    assert all(disk["encrypted"] is True for disk in disks)
