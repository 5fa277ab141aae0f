"""Commands on an event's machine through the account bucket: slower than Systems Manager, and they need no agent.

The machine looks for a request once a minute and answers in the words of Systems Manager: cloud-init/requests.sh.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import ANSWER_FILE, REQUEST_FILE


class BucketRequest:
    """One request, put below `reports`; it takes the place of one before it.

    Raises:
        AwsRefusal: the bucket does not take it, or does not give an answer; the same from each method.
    """

    def __init__(self, reports: ShelfPrefix, arguments: Sequence[str], by: str) -> None:
        self._reports, self._id = reports, uuid.uuid4().hex
        reports.put_json(REQUEST_FILE, {"id": self._id, "arguments": list(arguments), "by": by})

    def answer(self) -> dict[str, Any] | None:
        """How far it is, as SSM's GetCommandInvocation says it; None before the machine has begun."""
        answer = self._reports.look_up(ANSWER_FILE)
        return answer if answer is not None and answer.get("id") == self._id else None

    def taken_over_by(self) -> str:
        """Who has put another request in its place; empty if nobody has."""
        there = self._reports.look_up(REQUEST_FILE)
        return "" if there is None or there.get("id") == self._id else str(there.get("by", "somebody"))

    def withdraw(self) -> None:
        """Take it away, so that it is not done when nobody waits for it."""
        if not self.taken_over_by():
            self._reports.delete(REQUEST_FILE)
