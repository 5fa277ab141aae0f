"""Add a rule to moto: as a check before one of its methods, or as a replacement of the method."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def before(owner: type, method: str, check: Callable[..., None]) -> None:
    """Call `check` before each later call of the method; it raises the error that AWS would answer."""
    original = getattr(owner, method)

    @wraps(original)
    def checked(self: Any, *arguments: Any, **named: Any) -> Any:
        check(self, *arguments, **named)
        return original(self, *arguments, **named)

    setattr(owner, method, checked)


def replace(owner: type, method: Callable[..., Any]) -> None:
    """Replace the method that has the same name."""
    setattr(owner, method.__name__, method)
