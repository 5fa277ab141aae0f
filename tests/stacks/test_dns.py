"""The hub's name leads to the machine while that answers, and else to the off page."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_the_domain_points_at_the_elastic_address(stack: Stack, other: Stack) -> None:
    record = stack.at("dns/record")

    assert (record["name"], record["type"]) == ("hub.geohackweek.example.org", "A")
    assert record["records"] == [stack.reference("hub/address", "public_ip")]
    assert other.at("dns/record")["name"] == "uni.example", "the zone's own name can be the domain"


def test_the_zone_is_found_and_not_made(stack: Stack) -> None:
    zone = stack.data("aws_route53_zone")

    assert (zone["name"], zone["private_zone"]) == ("geohackweek.example.org.", False)
    assert "aws_route53_zone" not in stack.document["resource"]


def test_a_new_address_is_known_everywhere_within_a_minute(stack: Stack) -> None:
    assert stack.at("dns/record")["ttl"] == 60


def test_the_machine_comes_first_while_its_https_port_answers(stack: Stack) -> None:
    record, check = stack.at("dns/record"), stack.at("dns/check")

    assert record["failover_routing_policy"] == {"type": "PRIMARY"}
    assert record["health_check_id"] == stack.reference("dns/check", "id")
    # without a certificate there is no https, and with a paid feature it is no 50 cents a month
    assert (check["type"], check["port"], check["request_interval"]) == ("TCP", 443, 30)
    assert check["ip_address"] == stack.reference("hub/address", "public_ip")


def test_else_it_is_the_gateway_s(stack: Stack) -> None:
    record, first = stack.at("dns/otherwise"), stack.at("dns/record")

    assert record["failover_routing_policy"] == {"type": "SECONDARY"}
    assert (record["name"], record["type"]) == (first["name"], first["type"])
    assert record["set_identifier"] != first["set_identifier"]
    assert stack.addresses["gateway/domain"] in record["alias"]["name"]
    assert record["depends_on"] == [stack.addresses["dns/record"]]
