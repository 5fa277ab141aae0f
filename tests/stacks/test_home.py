"""The homes: encrypted, as large as the event needs, and never gone without a copy."""

from __future__ import annotations

import pytest

from pophub.organizer.event.event import Event
from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_the_homes_are_encrypted(stack: Stack) -> None:
    assert stack.only("aws_ebs_volume")["encrypted"] is True


def test_a_destroy_leaves_a_last_snapshot_of_the_homes(stack: Stack) -> None:
    assert stack.only("aws_ebs_volume")["final_snapshot"] is True


def test_a_destroy_waits_for_the_snapshot_of_a_full_disk(stack: Stack) -> None:
    assert stack.only("aws_ebs_volume")["timeouts"] == {"delete": "6h"}


def test_the_volume_has_room_for_every_home_and_the_hub_s_own_state(
    stack: Stack, event: Event, other: Stack, other_event: Event
) -> None:
    assert stack.only("aws_ebs_volume")["size"] == event.disk_gib == 60 * 10 + 4
    assert other.only("aws_ebs_volume")["size"] == other_event.disk_gib == 12 * 5 + 4


def test_the_volume_lies_in_the_subnet_s_own_zone(stack: Stack) -> None:
    assert stack.only("aws_ebs_volume")["availability_zone"] == stack.reference("network/public", "availability_zone")


def test_a_machine_that_writes_is_stopped_before_its_homes_are_taken_away(stack: Stack) -> None:
    attachment = stack.only("aws_volume_attachment")

    assert attachment["stop_instance_before_detaching"] is True
    assert "force_detach" not in attachment
    assert attachment["volume_id"] == stack.reference("home/volume", "id")


def test_the_homes_are_a_volume_of_their_own_and_no_part_of_the_instance(stack: Stack) -> None:
    assert "ebs_block_device" not in stack.only("aws_instance")


def test_no_disk_is_made_before_there_is_a_machine(stack: Stack) -> None:
    """If EC2 has none, the event can move to another zone, and nothing with a snapshot is left behind."""
    assert stack.only("aws_ebs_volume")["depends_on"] == [stack.addresses["hub/instance"]]


def test_a_disk_refuses_to_be_made_anew_in_another_zone(stack: Stack) -> None:
    lifecycle = stack.only("aws_ebs_volume")["lifecycle"]
    [condition] = lifecycle["postcondition"]

    assert lifecycle["ignore_changes"] == ["availability_zone"]
    assert condition["condition"] == (
        f"${{self.availability_zone == {stack.addresses['network/public']}.availability_zone}}"
    )
    assert "Set `host.availability_zone` in the event file to ${self.availability_zone}" in condition["error_message"]
