"""The hub's name points at the hub's address."""

from __future__ import annotations

import pytest

from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_the_domain_points_at_the_elastic_address(stack: Stack) -> None:
    record = stack.only("aws_route53_record")

    assert (record["name"], record["type"]) == ("hub.geohackweek.example.org", "A")
    assert record["records"] == [stack.reference("hub/address", "public_ip")]


def test_the_zone_is_found_and_not_made(stack: Stack) -> None:
    zone = stack.data("aws_route53_zone")

    assert (zone["name"], zone["private_zone"]) == ("geohackweek.example.org.", False)
    assert "aws_route53_zone" not in stack.document["resource"]


def test_a_new_address_is_known_everywhere_within_a_minute(stack: Stack) -> None:
    assert stack.only("aws_route53_record")["ttl"] == 60


def test_the_zone_s_own_name_can_be_the_domain(other: Stack) -> None:
    assert other.only("aws_route53_record")["name"] == "uni.example"
