"""Whose a resource is, and what all of them cost together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG
from pophub.organizer.leftovers.resource import Findings, Resource, Unseen, tag_map
from tests.pophub.planted import event_context


@pytest.mark.parametrize(
    ("owner", "named", "ours"),
    [
        ("geo", True, True),
        ("geo", False, True),
        ("geo-two", True, False),
        ("", True, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_the_tag_decides_and_without_one_the_exact_name(aws: Aws, owner: str | None, named: bool, ours: bool) -> None:
    tags = {"Name": "pophub-geo"} | ({} if owner is None else {EVENT_TAG: owner})

    assert event_context(aws, "geo").is_ours(tags, named=named) is ours


def test_services_write_their_tags_in_two_ways() -> None:
    assert tag_map([{"Key": "a", "Value": "b"}, {"key": "c", "value": "d"}]) == {"a": "b", "c": "d"}
    assert tag_map(None) == {}


def test_the_sum_is_exact_and_only_nothing_is_clean() -> None:
    resources = (Resource("a", "1", Decimal("0.001")), Resource("b", "2", None), Resource("c", "3", Decimal("0.002")))

    assert Findings("geo", "r", resources, (), ()).usd_a_month == Decimal("0.003")
    assert [
        Findings("geo", "r", left, (), unseen).is_clean
        for left, unseen in [((), ()), (resources, ()), ((), (Unseen("a", "b"),))]
    ] == [True, False, False]
