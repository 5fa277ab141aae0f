"""What servers may use of a machine's memory, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pophub.core.figures import usable_gib


@pytest.mark.parametrize(("memory", "usable"), [("256", "246.32"), ("8", "5.76"), ("2", "-0.06")])
def test_the_kernel_and_the_hub_have_their_part(memory: str, usable: str) -> None:
    assert usable_gib(Decimal(memory)) == Decimal(usable)
