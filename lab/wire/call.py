"""A request to AWS, read with botocore's model of its service: the operation and its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from moto.core.utils import get_service_model

# the service name in a signature → botocore's name, if they differ
_NAMES = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi", "servicequotas": "service-quotas"}
_SCOPE = re.compile(r"([^/=]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


class NotRead(Exception):
    """A request that fits no operation of its service; the message says why."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signed a request, the service, and the service's protocol."""

    access_key: str
    region: str
    service: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operation and its parameters. `parameters` are as they came, so a number may still be text."""

    sender: Sender
    model: Any
    parameters: dict[str, Any]
    # parameters that the operation does not have
    unknown: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """The service, by botocore's name."""
        return self.sender.service

    @property
    def operation(self) -> str:
        """The operation, by AWS's name."""
        return str(self.model.name)


def sender_of(environ: Mapping[str, Any]) -> Sender | None:
    """The sender of a signed request; None if it is not signed."""
    query = parse_qs(environ.get("QUERY_STRING", ""))
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "") or "".join(query.get("X-Amz-Credential", ())))
    if scope is None:
        return None
    access_key, region, signed = scope.groups()
    service = _NAMES.get(signed, signed)
    # one name for two APIs: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/operations.html
    if signed == "apigateway" and environ.get("PATH_INFO", "").startswith("/v2/"):
        service = "apigatewayv2"
    return Sender(access_key, region, service, _protocol(environ, service))


def _protocol(environ: Mapping[str, Any], service: str) -> str:
    """The protocol of the request; for CloudWatch, boto3 uses JSON and Terraform's provider a form."""
    own = str(service_model(service).resolved_protocol)
    if own in ("ec2", "rest-json", "rest-xml"):
        return own
    return "json" if "HTTP_X_AMZ_TARGET" in environ else "query"


def read_call(environ: dict[str, Any], sender: Sender) -> Call:
    """The call in a request; its body can be read again. The content of an object is not read.

    Raises:
        NotRead: the request fits no operation of the service.
    """
    from lab.wire import rest, rpc  # noqa: PLC0415  they read calls

    read = rest.read if sender.protocol.startswith("rest-") else rpc.read
    operation, parameters, unknown = read(environ, service_model(sender.service))
    return Call(sender, operation, parameters, tuple(unknown))


@cache
def service_model(service: str) -> Any:
    """Botocore's model of a service, as moto reads it."""
    return get_service_model(service)


def body_of(environ: dict[str, Any]) -> bytes:
    """The body of a request; it can be read again afterwards."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body
