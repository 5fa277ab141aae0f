"""What the tests of an installation share."""

from __future__ import annotations

import pytest

from pophub.hub.install import aws


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    """Each test is a program of its own, which has asked nothing yet."""
    aws.token.cache_clear()
