"""The machine: how it is born, what a stranger's code on it can reach, and what must never replace it."""

from __future__ import annotations

import base64
import re

import pytest

from lab.plans import plan_of
from pophub.organizer.deploy.bundle import USER_DATA_LIMIT_BYTES, user_data
from pophub.organizer.event.event import Event
from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_the_metadata_service_asks_for_a_token_and_answers_no_container(stack: Stack) -> None:
    options = stack.only("aws_instance")["metadata_options"]

    assert options["http_tokens"] == "required"
    assert options["http_put_response_hop_limit"] == 1


def test_the_machine_learns_from_its_tags_which_event_it_is(stack: Stack) -> None:
    assert stack.only("aws_instance")["metadata_options"]["instance_metadata_tags"] == "enabled"


def test_a_power_off_from_inside_stops_the_machine_and_keeps_it(stack: Stack) -> None:
    assert stack.only("aws_instance")["instance_initiated_shutdown_behavior"] == "stop"


def test_neither_a_newer_image_nor_another_first_boot_replaces_a_running_hub(stack: Stack) -> None:
    instance = stack.only("aws_instance")

    assert set(instance["lifecycle"]["ignore_changes"]) == {"ami", "user_data_base64"}
    assert "user_data_replace_on_change" not in instance


def test_nobody_comes_in_with_a_key(stack: Stack) -> None:
    assert "key_name" not in stack.only("aws_instance")
    assert "aws_key_pair" not in stack.document["resource"]


def test_the_root_disk_is_encrypted_tagged_and_goes_with_the_machine(stack: Stack) -> None:
    disk = stack.only("aws_instance")["root_block_device"]

    assert disk["encrypted"] is True
    assert disk["delete_on_termination"] is True
    assert disk["tags"]["pophub:event"] == "geo-hackweek"


def test_the_address_outlives_a_stop_and_is_there_before_the_first_boot(stack: Stack) -> None:
    instance = stack.only("aws_instance")

    assert stack.only("aws_eip")["network_interface"] == stack.reference("hub/interface", "id")
    assert instance["network_interface"][0]["network_interface_id"] == stack.reference("hub/interface", "id")
    assert stack.addresses["hub/address"] in instance["depends_on"]


def test_what_the_first_boot_asks_for_is_there_before_the_machine(stack: Stack) -> None:
    """But for the disk and the pointer to the bundle, which the machine waits for."""
    asked = ["role/permissions", "bundle/object", "secrets/github_client_id_parameter"]

    assert {stack.addresses[path] for path in asked} <= set(stack.only("aws_instance")["depends_on"])


def test_the_machine_is_the_one_that_check_event_names(
    stack: Stack, event: Event, other: Stack, other_event: Event
) -> None:
    assert stack.only("aws_instance")["instance_type"] == plan_of(event).instance_type
    assert other.only("aws_instance")["instance_type"] == plan_of(other_event).instance_type
    assert plan_of(event).instance_type != plan_of(other_event).instance_type


def test_the_image_is_debian_13_from_debian_for_the_machine_s_processor(stack: Stack, other: Stack) -> None:
    patterns = {}
    for each in (stack, other):
        image = each.data("aws_ami")
        patterns[each.name] = {entry["name"]: entry["values"] for entry in image["filter"]}["name"]

        assert image["owners"] == ["136693071363"]

    assert patterns == {"geo-hackweek": ["debian-13-amd64-*"], "winter-school": ["debian-13-arm64-*"]}


def test_the_user_data_is_the_same_for_two_events(stack: Stack, other: Stack) -> None:
    user_datas = {each.only("aws_instance")["user_data_base64"] for each in (stack, other)}

    assert user_datas == {base64.b64encode(user_data().encode()).decode()}


def test_the_user_data_fits_and_holds_nothing_secret(stack: Stack) -> None:
    raw = base64.b64decode(stack.only("aws_instance")["user_data_base64"])

    assert raw.startswith(b"#cloud-config\n")
    assert len(raw) <= USER_DATA_LIMIT_BYTES
    # an AWS key, a GitHub token, a private key, something that is set to a value
    assert not re.search(rb"AKIA|ASIA|gh[pousr]_|PRIVATE KEY|(?i:password|client_?secret)\s*[:=]", raw)


def test_no_machine_is_made_before_its_budget(stack: Stack) -> None:
    assert stack.addresses["budget/budget"] in stack.only("aws_instance")["depends_on"]


def test_a_type_that_the_event_s_zone_lacks_is_refused_with_a_sentence(stack: Stack) -> None:
    [condition] = stack.only("aws_instance")["lifecycle"]["precondition"]

    assert condition["condition"].endswith(f", {stack.addresses['network/public']}.availability_zone)}}")
    assert "has no r6i.8xlarge. Set another `host.instance_type`" in condition["error_message"]
