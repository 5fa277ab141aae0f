"""An answer that its client has not heard is given again, where it asks again, and nothing is made twice.

Go's client drops an answer that comes while it still lets go of its request, as on a busy computer those from 127.0.0.1 do,
which no answer of AWS is quick enough for. Its retry of a call without a token of its own, as `AllocateAddress`, would
leave something behind that nobody knows of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

# each far smaller than what a test makes in a minute
REMEMBERED = 1000


class Answers:
    """In front of a WSGI application; it knows a retry by the header with which AWS's own clients name a call.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html (amz-sdk-invocation-id)
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._given: OrderedDict[str, tuple[tuple[Any, ...], bytes]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Whatever the application answers; to the same call as before the same answer, where that was none of a failure."""
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        # all else than a form or JSON may be large, and done twice it is the same
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
        said: list[tuple[Any, ...]] = []

        def note(*arguments: Any) -> Any:
            said[:] = [arguments[:2]]
            return start_response(*arguments)

        body = b"".join(self._application(environ, note))
        if said[0][0].startswith("2"):
            with self._lock:
                self._given[call] = said[0], body
                if len(self._given) > REMEMBERED:
                    self._given.popitem(last=False)
        return body
