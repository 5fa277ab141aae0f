"""A check that is put before a call sees it, and can refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from lab.aws_rules.moto_patch import before


class Backend:
    def make(self, name: str, *, size: int = 1) -> str:
        return f"{name} of {size}"


def test_a_check_sees_the_arguments_and_may_refuse() -> None:
    def small(self: Any, name: str, *, size: int = 1) -> None:
        if size > 2:
            raise ValueError(name)

    before(Backend, "make", small)

    assert Backend().make("disk", size=2) == "disk of 2"
    with pytest.raises(ValueError, match="disk"):
        Backend().make("disk", size=3)
