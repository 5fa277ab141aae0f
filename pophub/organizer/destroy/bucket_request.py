"""Commands for an event's machine through the account bucket: slower than Systems Manager, but without its agent.

The machine looks for a request once a minute and answers in the same form as Systems Manager
(pophub/hub/install/bucket_requests.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.core.contract import ANSWER_FILE, REQUEST_FILE


class BucketRequest:
    """One request, stored below `reports`; it replaces an earlier request.

    Raises:
        AwsRefusal: the bucket refuses the request or cannot be read; each method can raise it.
    """

    def __init__(self, reports: BucketPrefix, arguments: Sequence[str], by: str) -> None:
        self._reports, self._id = reports, uuid.uuid4().hex
        reports.put_json(REQUEST_FILE, {"id": self._id, "arguments": list(arguments), "by": by})

    def answer(self) -> dict[str, Any] | None:
        """The state of the request, in the form of SSM's GetCommandInvocation; None until the machine has begun."""
        answer = self._reports.look_up(ANSWER_FILE)
        return answer if answer is not None and answer.get("id") == self._id else None

    def taken_over_by(self) -> str:
        """Who has replaced this request by another one; empty if nobody has."""
        there = self._reports.look_up(REQUEST_FILE)
        return "" if there is None or there.get("id") == self._id else str(there.get("by", "somebody"))

    def withdraw(self) -> None:
        """Delete the request, so that it is not carried out later when nobody waits for it."""
        if not self.taken_over_by():
            self._reports.delete(REQUEST_FILE)
