"""What servers may use of a machine's memory, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pophub.core.figures import usable_gib, usable_gib_of_worker


@pytest.mark.parametrize(("memory", "usable"), [("256", "246.32"), ("8", "5.76"), ("2", "-0.06")])
def test_the_kernel_and_the_hub_have_their_part(memory: str, usable: str) -> None:
    assert usable_gib(Decimal(memory)) == Decimal(usable)


@pytest.mark.parametrize(
    ("memory", "told"),
    [("8", "7.461"), ("16", "15.172"), ("32", "30.886"), ("64", "62.011"), ("128", "124.353"), ("512", "498.372")],
)
def test_swarm_places_as_many_servers_as_planned_by_what_ec2s_kernels_tell(memory: str, told: str) -> None:
    """The lowest capacities that 2i2c saw on m5 and r5; the engine of a worker needs 0.11 GiB."""
    assert Decimal(told) - usable_gib_of_worker(Decimal(memory)) > Decimal("0.25")
