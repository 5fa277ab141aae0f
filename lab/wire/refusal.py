"""Errors in AWS's own form, which differs by protocol."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lab.wire.call import Sender

REQUEST_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """An error that AWS answers instead of carrying out the call."""

    code: str
    message: str
    status: int = 400


def answer(refusal: Refusal, sender: Sender, start_response: Any) -> list[bytes]:
    """The error as an answer to this sender.

    Each protocol's form of errors: https://smithy.io/2.0/aws/protocols/index.html
    """
    protocol, code, message = sender.protocol, refusal.code, refusal.message
    headers = [("x-amzn-RequestId", REQUEST_ID)]
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message})
        headers += [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
    else:
        error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        headers += [("Content-Type", "text/xml")]
        if protocol == "ec2":
            body = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
        elif sender.service == "s3":
            body = f"<Error>{error}<RequestId>{REQUEST_ID}</RequestId></Error>"
        else:
            body = f"<Error><Type>Sender</Type>{error}</Error><RequestId>{REQUEST_ID}</RequestId>"
            body = f"<ErrorResponse>{body}</ErrorResponse>"
    start_response(f"{refusal.status} {'Forbidden' if refusal.status == 403 else 'Bad Request'}", headers)
    return [body.encode()]
