"""What is open to the internet, and that nothing else is."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth

ZONES = "aws_availability_zones"


def test_the_internet_reaches_ports_80_and_443_and_nothing_else(stack: Stack) -> None:
    rules = stack.only("aws_security_group")["ingress"]

    assert sorted((rule["from_port"], rule["to_port"]) for rule in rules) == [(80, 80), (443, 443)]
    assert {rule["protocol"] for rule in rules} == {"tcp"}


def test_no_rule_is_added_elsewhere(stack: Stack) -> None:
    kinds = {kind for kind in stack.document["resource"] if "security_group" in kind}

    assert kinds == {"aws_security_group", "aws_default_security_group"}


def test_the_machine_has_the_web_group_and_no_other(stack: Stack) -> None:
    interface = stack.only("aws_network_interface")

    assert interface["security_groups"] == [stack.reference("network/web", "id")]


def test_the_vpc_s_default_group_lets_nothing_in_or_out(stack: Stack) -> None:
    group = stack.only("aws_default_security_group")

    assert group["vpc_id"] == stack.reference("network/vpc", "id")
    assert not {"ingress", "egress"} & group.keys()


def test_every_rule_says_what_it_is_for(stack: Stack) -> None:
    group = stack.only("aws_security_group")

    assert all(rule["description"] for rule in [*group["ingress"], *group["egress"]])


def test_packages_and_images_can_be_fetched_from_anywhere(stack: Stack) -> None:
    [rule] = stack.only("aws_security_group")["egress"]

    assert (rule["protocol"], rule["cidr_blocks"]) == ("-1", ["0.0.0.0/0"])


def test_the_way_out_is_an_internet_gateway_and_no_gateway_that_costs_by_the_hour(stack: Stack) -> None:
    assert stack.only("aws_route")["gateway_id"] == stack.reference("network/gateway", "id")
    assert stack.only("aws_route_table_association")["subnet_id"] == stack.reference("network/public", "id")
    assert not {"aws_nat_gateway", "aws_vpc_endpoint"} & stack.document["resource"].keys()


def test_the_subnet_lies_in_the_first_zone_of_the_region_that_offers_the_machine_type(stack: Stack) -> None:
    [wanted] = stack.data("aws_ec2_instance_type_offerings")["filter"]
    [kind] = stack.data("aws_availability_zones")["filter"]
    [offerings], [zones] = (stack.document["data"][it] for it in ("aws_ec2_instance_type_offerings", ZONES))

    assert wanted == {"name": "instance-type", "values": [stack.only("aws_instance")["instance_type"]]}
    # a Local Zone's name sorts before the region's own: us-west-2-lax-1a
    assert kind == {"name": "zone-type", "values": ["availability-zone"]}
    assert stack.only("aws_subnet")["availability_zone"] == (
        f"${{element(sort(setintersection(data.aws_ec2_instance_type_offerings.{offerings}.locations, "
        f"data.{ZONES}.{zones}.names)), 0)}}"
    )


def test_another_machine_type_does_not_move_the_subnet_and_the_homes_with_it(stack: Stack) -> None:
    assert stack.only("aws_subnet")["lifecycle"] == {"ignore_changes": ["availability_zone"]}


def test_a_zone_that_the_event_file_names_is_taken_and_moves_the_subnet(other: Stack) -> None:
    subnet = other.only("aws_subnet")

    assert subnet["availability_zone"] == "eu-central-1b"
    assert "lifecycle" not in subnet


def test_a_type_that_is_not_in_the_region_or_in_the_named_zone_is_refused_with_a_sentence(other: Stack) -> None:
    in_region, in_zone = other.data("aws_ec2_instance_type_offerings")["lifecycle"]["postcondition"]

    assert in_region["error_message"].startswith("EC2 has no r7g.xlarge in eu-central-1. Set another")
    assert in_zone["condition"].endswith(', "eu-central-1b")}')
    assert in_zone["error_message"].startswith("eu-central-1b has no r7g.xlarge. Set `host.availability_zone`")
