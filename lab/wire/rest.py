"""Requests whose method and path name the operation, with JSON or XML in the body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from moto.core.request import Request
from moto.core.routing import RestRouter
from werkzeug.exceptions import NotFound

from lab.wire.call import NotRead, body_of, service_model
from lab.wire.rpc import unknown_members

# stands for an object's content, which may be gigabytes
UNREAD = b""


def read(environ: dict[str, Any], model: Any) -> tuple[Any, dict[str, Any], list[str]]:
    """The operation, its parameters, and the names of parameters that it does not have."""
    request = Request(_with_bucket_in_path(environ))
    try:
        operation, labels = _router(model.service_name).match(request)
    except NotFound as error:
        raise NotRead(f"{request.method} {request.path} is no operation of {model.service_name}") from error
    shape = operation.input_shape
    if shape is None:
        return operation, {}, []
    parameters = _beside_the_body(
        shape, labels, request, parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    )
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name != "structure":
        is_text = shape.members[payload].type_name == "string"
        return operation, parameters | {payload: body_of(environ).decode() if is_text else UNREAD}, []
    unknown = list[str]()
    body = body_of(environ)
    if body and str(model.resolved_protocol) == "rest-json":
        sent = by_members(shape, _json(body))
        unknown += unknown_members(shape, sent)
        parameters |= sent
    elif body:
        root = _xml(body)
        inside = (
            {payload: from_xml(shape.members[payload], root, unknown)} if payload else from_xml(shape, root, unknown)
        )
        parameters |= inside
    return operation, parameters, unknown


def _with_bucket_in_path(environ: dict[str, Any]) -> dict[str, Any]:
    """Move a bucket's name from host to path: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html."""
    hosted = re.fullmatch(r"(.+)\.s3[.-].*amazonaws\.com", environ.get("HTTP_HOST", ""))
    if hosted is None:
        return environ
    paths = {key: f"/{hosted[1]}{environ[key]}" for key in ("PATH_INFO", "RAW_URI") if key in environ}
    return environ | paths


@cache
def _router(service: str) -> RestRouter:
    return RestRouter(service_model(service))


def _beside_the_body(
    shape: Any, labels: Mapping[str, str], request: Request, query: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The parameters in path, query and headers."""
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        sent = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri" if sent in labels:
                found[name] = labels[sent]
            case "querystring" if sent in query:
                found[name] = query[sent] if member.type_name == "list" else query[sent][0]
            case "header" if sent in request.headers:
                found[name] = request.headers[sent]
    return found


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except ValueError as error:
        raise NotRead(f"the body is no JSON: {error}") from error
    return dict(sent)


def by_members(shape: Any, sent: Any) -> Any:
    """The value with its members' own names, as in `DomainName` for the `domainName` that is sent to API Gateway."""
    match shape.type_name, sent:
        case "structure", dict():
            names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
            found = {names.get(key, key): value for key, value in sent.items()}
            return {
                key: by_members(shape.members[key], value) if key in shape.members else value
                for key, value in found.items()
            }
        case "list", list():
            return [by_members(shape.member, value) for value in sent]
        case "map", dict():
            return {key: by_members(shape.value, value) for key, value in sent.items()}
    return sent


def _xml(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)  # noqa: S314  this computer's own clients sent it
    except ElementTree.ParseError as error:
        raise NotRead(f"the body is no XML: {error}") from error


def from_xml(shape: Any, node: ElementTree.Element, unknown: list[str], path: str = "") -> Any:
    """The value of this shape; text if the shape is neither structure nor list."""
    if shape.type_name == "list":
        return [from_xml(shape.member, each, unknown, path) for each in node]
    if shape.type_name != "structure":
        return node.text or ""
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    found: dict[str, Any] = {}
    for child in node:
        tag = child.tag.rpartition("}")[2]
        if tag not in names:
            unknown.append(path + tag)
            continue
        name, member = names[tag], shape.members[names[tag]]
        if member.type_name == "list" and member.serialization.get("flattened"):
            found.setdefault(name, []).append(from_xml(member.member, child, unknown, f"{path}{tag}."))
        else:
            found[name] = from_xml(member, child, unknown, f"{path}{tag}.")
    return found
