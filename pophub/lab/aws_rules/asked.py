"""A check before a call of moto's: it sees the arguments, and raises what AWS would answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def before(owner: type, method: str, check: Callable[..., None]) -> None:
    """Each later call of the method passes the check first."""
    original = getattr(owner, method)

    @wraps(original)
    def checked(self: Any, *arguments: Any, **named: Any) -> Any:
        check(self, *arguments, **named)
        return original(self, *arguments, **named)

    setattr(owner, method, checked)
