"""A request as boto3 sends it, as a WSGI server effects it on."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from lab.wire.call import Call, read_call, sender_of


class Sent(Exception):
    """In the place of an answer."""


def environ_of(service: str, call: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Nothing is sent."""
    config = Config(s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client: Any = boto3.session.Session(**keys).client(service, region_name="us-west-2", config=config)  # type: ignore[call-overload]
    caught = list[AWSPreparedRequest]()

    def catch(request: AWSPreparedRequest, **_: Any) -> None:
        caught.append(request)
        raise Sent

    client.meta.events.register(f"before-send.{service}", catch)
    with contextlib.suppress(Sent):
        getattr(client, call)(**arguments)
    [request] = caught
    url = urlsplit(request.url)
    body = request.body or b""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    return headers | {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": url.path,
        "RAW_URI": url.path,
        "QUERY_STRING": url.query,
        "HTTP_HOST": url.netloc,
        "SERVER_NAME": "lab",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(content),
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
    }


def read(service: str, call: str, arguments: dict[str, Any]) -> Call:
    """What a request of boto3's is read as."""
    environ = environ_of(service, call, arguments)
    sender = sender_of(environ)
    assert sender
    return read_call(environ, sender)
