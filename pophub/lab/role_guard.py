"""What AWS asks before it hears a machine: is this signed with its role's keys, and may the role do that?

For keys that AssumeRole gave out; whoever deploys into the lab is asked nothing. A call that is not known here is refused,
so that a machine cannot begin to use one unnoticed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>\w+)"
)
CONTENT_SHA256 = "x-amz-content-sha256"
# the method and what the query asks for → the permissions of S3's calls on an object:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
ON_OBJECTS = {
    ("GET", ""): "s3:GetObject",
    ("HEAD", ""): "s3:GetObject",
    ("GET", "uploadId"): "s3:ListMultipartUploadParts",
    ("PUT", ""): "s3:PutObject",
    ("PUT", "uploadId"): "s3:PutObject",
    ("POST", "uploads"): "s3:PutObject",
    ("POST", "uploadId"): "s3:PutObject",
    ("DELETE", "uploadId"): "s3:AbortMultipartUpload",
    ("DELETE", ""): "s3:DeleteObject",
}


class Refused(Exception):
    """AWS's code for why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that a request needs leave for."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; header names in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """Its parameters, each once."""
        return {
            name: values[0] for name, values in parse_qs(urlsplit(self.target).query, keep_blank_values=True).items()
        }


def check_signature(request: Request, keys: Credentials) -> None:
    """Raise Refused unless it was signed, as curl and boto3 do, with these keys."""
    signed = SIGNED.fullmatch(request.headers.get("authorization", ""))
    if signed is None or request.headers.get("x-amz-security-token") != keys.token:
        raise Refused("InvalidToken")
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
        raise Refused("SignatureDoesNotMatch")


def wishes(request: Request, account: str) -> list[Wish]:
    """What the request needs leave for.

    Raises:
        Refused: nobody here knows what it asks.
    """
    signed = SIGNED.fullmatch(request.headers["authorization"])
    assert signed is not None
    service, region = signed["service"], signed["region"]
    if service == "s3":
        return list(_of_s3(request))
    action = f"{service}:{request.headers.get('x-amz-target', '').rpartition('.')[2]}"
    if service == "ssm" and action.startswith("ssm:GetParameter"):
        asked = json.loads(request.body)
        names = [*asked.get("Names", ()), *(asked[key] for key in ("Name", "Path") if key in asked)]
        return [Wish(action, f"arn:aws:ssm:{region}:{account}:parameter{name}") for name in names]
    return [Wish(action, "*")]


def _of_s3(request: Request) -> Iterable[Wish]:
    """The bucket is in the path or in the host: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html."""
    query = request.query
    path = unquote(urlsplit(request.target).path).lstrip("/")
    hosted = re.fullmatch(r"(.+)\.s3[.-].*amazonaws\.com", request.headers.get("host", ""))
    bucket, _, key = f"{hosted[1]}/{path}".partition("/") if hosted else path.partition("/")
    if not key:
        if request.method != "GET" or "list-type" not in query:
            raise Refused("AccessDenied")
        yield Wish("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": query.get("prefix", "")})
        return
    what = next((name for name in ("uploads", "uploadId") if name in query), "")
    action = ON_OBJECTS.get((request.method, what))
    if action is None:
        raise Refused("AccessDenied")
    yield Wish(action, f"arn:aws:s3:::{bucket}/{key}")
    if "x-amz-tagging" in request.headers:
        yield Wish("s3:PutObjectTagging", f"arn:aws:s3:::{bucket}/{key}")


def allows(policies: Iterable[str], wish: Wish) -> bool:
    """Whether one of the policies' statements gives leave; they are Allow, and their condition StringLike."""
    return any(
        _gives(statement, wish)
        for policy in policies
        for statement in json.loads(policy)["Statement"]
        if statement["Effect"] == "Allow"
    )


def _gives(statement: Mapping[str, Any], wish: Wish) -> bool:
    return (
        wish.action in statement["Action"]
        and any(fnmatchcase(wish.resource, pattern) for pattern in statement["Resource"])
        and all(
            any(fnmatchcase(wish.context.get(key, ""), pattern) for pattern in patterns)
            for key, patterns in statement.get("Condition", {}).get("StringLike", {}).items()
        )
    )


class Guard:
    """A WSGI application in front of moto's; `roles` answers for a key its credentials, account and policies, or None."""

    def __init__(
        self, application: Callable[..., Any], roles: Callable[[str], tuple[Credentials, str, list[str]] | None]
    ) -> None:
        self._application, self._roles = application, roles

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        signed = SIGNED.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        role = self._roles(signed["key"]) if signed else None
        if role is not None:
            keys, account, policies = role
            request = _request(environ)
            try:
                check_signature(request, keys)
                for wish in wishes(request, account):
                    if not allows(policies, wish):
                        print(f"refused: {wish.action} on {wish.resource} {dict(wish.context) or ''}", flush=True)
                        raise Refused("AccessDenied")
            except Refused as refused:
                return _refuse(str(refused), start_response, as_xml=bool(signed and signed["service"] == "s3"))
        return self._application(environ, start_response)


def _request(environ: dict[str, Any]) -> Request:
    """The request, whose body is read only where its signature hangs on it."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    body = b""
    if CONTENT_SHA256 not in headers:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
    return Request(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)


def _refuse(code: str, start_response: Callable[..., Any], *, as_xml: bool) -> list[bytes]:
    if as_xml:
        body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    else:
        body = json.dumps({"__type": f"{code}Exception", "message": code})
    start_response("403 Forbidden", [("Content-Type", "application/xml" if as_xml else "application/x-amz-json-1.1")])
    return [body.encode()]
