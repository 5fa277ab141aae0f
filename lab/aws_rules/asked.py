"""How a rule gets into moto: as a check before one of its calls, or in the place of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def before(owner: type, method: str, check: Callable[..., None]) -> None:
    """Each later call of the method passes the check first, which raises what AWS would answer."""
    original = getattr(owner, method)

    @wraps(original)
    def checked(self: Any, *arguments: Any, **named: Any) -> Any:
        check(self, *arguments, **named)
        return original(self, *arguments, **named)

    setattr(owner, method, checked)


def replace(owner: type, method: Callable[..., Any]) -> None:
    """Put a method in the place of the one of its name."""
    setattr(owner, method.__name__, method)
