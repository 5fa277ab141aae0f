"""A request to AWS, read by botocore's own model of its service: which operation it asks for, with which parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from moto.core.utils import get_service_model

# the name in a signature → the service's name in botocore, where they differ
_NAMES = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi", "servicequotas": "service-quotas"}
_SCOPE = re.compile(r"([^/=]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


class NotRead(Exception):
    """A request that no operation of its service fits; the message is what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signed a request, for what, and in which of the service's protocols."""

    access_key: str
    region: str
    service: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Call:
    """What a request asks for. `parameters` are as they came, so a figure may still be text."""

    sender: Sender
    model: Any
    parameters: dict[str, Any]
    # parameters that the operation does not have
    unknown: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """By the name that botocore gives it."""
        return self.sender.service

    @property
    def operation(self) -> str:
        """By the name that AWS gives it."""
        return str(self.model.name)


def sender_of(environ: Mapping[str, Any]) -> Sender | None:
    """None if the request is not signed."""
    query = parse_qs(environ.get("QUERY_STRING", ""))
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "") or "".join(query.get("X-Amz-Credential", ())))
    if scope is None:
        return None
    access_key, region, signed = scope.groups()
    service = _NAMES.get(signed, signed)
    return Sender(access_key, region, service, _protocol(environ, service))


def _protocol(environ: Mapping[str, Any], service: str) -> str:
    """CloudWatch's, for one, is JSON from boto3 and a form from Terraform's provider."""
    own = str(service_model(service).resolved_protocol)
    if own in ("ec2", "rest-json", "rest-xml"):
        return own
    return "json" if "HTTP_X_AMZ_TARGET" in environ else "query"


def read_call(environ: dict[str, Any], sender: Sender) -> Call:
    """What it asks for; the body can be read again. The content of an object is not read.

    Raises:
        NotRead: nothing that the service does.
    """
    from lab.wire import rest, rpc  # noqa: PLC0415  they read calls

    read = rest.read if sender.protocol.startswith("rest-") else rpc.read
    operation, parameters, unknown = read(environ, service_model(sender.service))
    return Call(sender, operation, parameters, tuple(unknown))


@cache
def service_model(service: str) -> Any:
    """Botocore's, as moto reads it."""
    return get_service_model(service)


def body_of(environ: dict[str, Any]) -> bytes:
    """The body, which can be read once more."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body
