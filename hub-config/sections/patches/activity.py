"""What counts as a person's activity at the hub: pages that somebody opens, not requests of a program with a token.

Prometheus asks for figures with a helper's token, and as long as a tab is open, a server checks every five minutes
whether the browser's token is still valid. Both would keep the machine on for ever.
"""

from __future__ import annotations

from typing import Any

from jupyterhub import orm  # type: ignore[import-untyped]
from jupyterhub.handlers.base import BaseHandler  # type: ignore[import-untyped]


def count_only_people() -> None:
    """Change JupyterHub's handlers for this whole process."""
    ignore_token_requests(BaseHandler)


def ignore_token_requests(handler: Any) -> None:
    """The time when a token was last used is still recorded for the token."""
    if getattr(handler._record_activity, "ignores_token_requests", False):
        return
    record = handler._record_activity

    def note_person(self: Any, obj: Any, timestamp: Any = None) -> bool:
        if self.get_auth_token() is not None and not isinstance(obj, orm.APIToken):
            return False
        return bool(record(self, obj, timestamp))

    note_person.ignores_token_requests = True  # type: ignore[attr-defined]
    handler._record_activity = note_person
