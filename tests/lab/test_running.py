"""What runs ends with its block."""

from __future__ import annotations

import pytest

from lab.running import Running


class Counted(Running):
    def __init__(self) -> None:
        self.stops = 0

    def stop(self) -> None:
        self.stops += 1


def test_it_is_stopped_with_its_block() -> None:
    with Counted() as running:
        assert running.stops == 0

    assert running.stops == 1


def test_it_is_stopped_where_its_block_fails_and_the_failure_is_told() -> None:
    running = Counted()
    with pytest.raises(ZeroDivisionError), running:
        raise ZeroDivisionError

    assert running.stops == 1
