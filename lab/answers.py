"""A client that did not receive an answer and retries gets the same answer again, so nothing is created twice.

Go's client drops an answer that arrives while the client still sends its request. This happens with 127.0.0.1 on a busy
computer, but not with AWS, whose answers are never that fast. A retry of a call without a token of its own, for example
`AllocateAddress`, would leave behind a resource that nobody knows of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

# each is far smaller than what a test creates in a minute
REMEMBERED = 1000


class Answers:
    """A layer in front of a WSGI application; it knows a retry by the header with which AWS's clients name a call.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html (amz-sdk-invocation-id)
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._given: OrderedDict[str, tuple[tuple[Any, ...], bytes]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The application's answer; a retry of a call gets the earlier answer if that was a success."""
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        # other methods may have large bodies, and repeating them changes nothing
        if call is None or environ["REQUEST_METHOD"] != "POST":
            return self._application(environ, start_response)  # type: ignore[no-any-return]
        with self._lock:
            given = self._given.get(call)
        if given:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response(*given[0])
            return [given[1]]
        return [self._answer(call, environ, start_response)]

    def _answer(self, call: str, environ: dict[str, Any], start_response: Any) -> bytes:
        sent: list[tuple[Any, ...]] = []

        def note(*arguments: Any) -> Any:
            sent[:] = [arguments[:2]]
            return start_response(*arguments)

        body = b"".join(self._application(environ, note))
        if sent[0][0].startswith("2"):
            with self._lock:
                self._given[call] = sent[0], body
                if len(self._given) > REMEMBERED:
                    self._given.popitem(last=False)
        return body
