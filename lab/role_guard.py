"""AWS's checks of a request with a role's keys: is it signed with them, and may the role do it?

Only for keys from AssumeRole; the organizer's requests are not checked.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from lab.policies import Grants, Need
from lab.wire.call import Sender, body_of
from lab.wire.middleware import CALL
from lab.wire.needs import needs_of
from lab.wire.refusal import Refusal, answer

SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>\w+)"
)
CONTENT_SHA256 = "x-amz-content-sha256"
# each service has its own error code: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException", "rest-json": "AccessDeniedException"}


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its keys, and the permissions that its policies grant."""

    keys: Credentials
    account: str
    name: str
    grants: Grants

    def may(self, need: Need) -> bool:
        """Whether the role has the permission."""
        return self.grants.allow(need)


# the role whose request this thread handles; None for the organizer
ASKING: ContextVar[Role | None] = ContextVar("asking", default=None)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; header names are lowercase."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def check_signature(request: Request, keys: Credentials) -> None:
    """Raise a Refusal unless the request was signed with these keys, as curl and boto3 do."""
    signed = SIGNED.fullmatch(request.headers.get("authorization", ""))
    if signed is None or request.headers.get("x-amz-security-token") != keys.token:
        raise Refusal("InvalidToken", "The security token included in the request is invalid.", 403)
    names = signed["headers"].split(";")
    copy = AWSRequest(
        request.method,
        f"https://{request.headers['host']}{request.target}",
        headers={name: request.headers[name] for name in names},
        data=request.body,
    )
    copy.context["timestamp"] = request.headers["x-amz-date"]
    signer = (S3SigV4Auth if signed["service"] == "s3" else SigV4Auth)(keys, signed["service"], signed["region"])
    canonical = signer.canonical_request(copy)
    if signer.signature(signer.string_to_sign(copy, canonical), copy) != signed["signature"]:
        raise Refusal("SignatureDoesNotMatch", "The request signature we calculated does not match.", 403)


def denied(sender: Sender, who: str, need: Need) -> Refusal:
    """AWS's error for a missing permission."""
    message = f"{who} is not authorized to perform: {need.action} on resource: {need.resource}"
    return Refusal(_DENIED.get(sender.protocol, "AccessDenied"), message, 403)


class Guard:
    """A WSGI application in front of another one; `roles` returns the role of an access key, or None."""

    def __init__(self, application: Callable[..., Any], roles: Callable[[str], Role | None]) -> None:
        self._application, self._roles = application, roles

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        call = environ.get(CALL)
        role = self._roles(call.sender.access_key) if call else None
        if call is not None and role is not None:
            try:
                check_signature(_request(environ), role.keys)
                for need in needs_of(call, role.account):
                    if not role.may(need):
                        raise denied(
                            call.sender, f"User: arn:aws:sts::{role.account}:assumed-role/{role.name}/lab", need
                        )
            except Refusal as refusal:
                print(f"refused: {refusal.code}: {refusal.message}", file=sys.stderr, flush=True)
                return answer(refusal, call.sender, start_response)
        token = ASKING.set(role)
        try:
            return self._application(environ, start_response)
        finally:
            ASKING.reset(token)


def _request(environ: dict[str, Any]) -> Request:
    """The request; its body is read only if the signature depends on it."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    body = b"" if CONTENT_SHA256 in headers else body_of(environ)
    return Request(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)
