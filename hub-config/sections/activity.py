"""What counts as a person's activity at the hub: pages that somebody opens, not what a program asks with a token.

Prometheus asks for figures as the helper whose token it has, and a server asks every five minutes whether the token of
a browser still holds, as long as a forgotten tab is open. Either would keep the machine on for ever.
"""

from __future__ import annotations

from typing import Any

from jupyterhub import orm  # type: ignore[import-untyped]
from jupyterhub.handlers.base import BaseHandler  # type: ignore[import-untyped]


def count_only_people() -> None:
    """Once for all that this process answers."""
    overlook_programs(BaseHandler)


def overlook_programs(handler: Any) -> None:
    """When a token was used last is still noted with the token."""
    if getattr(handler._record_activity, "overlooks", False):
        return
    record = handler._record_activity

    def note_person(self: Any, obj: Any, timestamp: Any = None) -> bool:
        if self.get_auth_token() is not None and not isinstance(obj, orm.APIToken):
            return False
        return bool(record(self, obj, timestamp))

    note_person.overlooks = True  # type: ignore[attr-defined]
    handler._record_activity = note_person
