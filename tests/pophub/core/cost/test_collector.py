"""The collector stands still for as long as it is paused, and is then as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pophub.core.cost.collector import paused


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("on", [True, False])
def test_it_is_off_meanwhile_and_then_as_before(on: bool) -> None:
    (gc.enable if on else gc.disable)()
    with paused():
        assert not gc.isenabled()

    assert gc.isenabled() is on


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), paused():
        raise ValueError("no")

    assert gc.isenabled()
