"""The moment as the machine knows it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from pophub.hub.this_machine import moment


def test_a_moment_is_now_in_this_boot_and_the_next_one_is_later() -> None:
    first, second = moment(), moment()

    assert abs(first.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert first.boot == second.boot
    assert uuid.UUID(first.boot)
    assert 0 < first.up_ms <= second.up_ms
