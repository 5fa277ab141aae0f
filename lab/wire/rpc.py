"""Requests that name their operation: forms of the protocols query and ec2, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lab.wire.call import NotRead, body_of


def read(environ: dict[str, Any], model: Any) -> tuple[Any, dict[str, Any], list[str]]:
    """The operation, its parameters, and the names of parameters that it does not have."""
    body = body_of(environ)
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        operation = _operation(model, target.rpartition(".")[2])
        try:
            sent = json.loads(body or b"{}")
        except ValueError as error:
            raise NotRead(f"the body is no JSON: {error}") from error
        return operation, sent, list(unknown_members(operation.input_shape, sent))
    form = dict(parse_qsl(body.decode() or environ.get("QUERY_STRING", ""), keep_blank_values=True))
    operation = _operation(model, form.pop("Action", ""))
    form.pop("Version", None)
    reader = FormReader(ec2=str(model.resolved_protocol) == "ec2")
    return operation, reader.read(operation.input_shape, nested(form)) or {}, reader.unknown


def _operation(model: Any, name: str) -> Any:
    if name not in model.operation_names:
        raise NotRead(f"The action {name} is not valid for this web service.")
    return model.operation_model(name)


def unknown_members(shape: Any, sent: Any, path: str = "") -> Iterator[str]:
    """The paths of JSON members that the shape does not have."""
    kind = shape.type_name if shape is not None else "structure"
    if kind == "structure" and isinstance(sent, dict):
        members = shape.members if shape is not None else {}
        yield from (path + name for name in sent if name not in members)
        inside = [(members[name], value, f"{path}{name}.") for name, value in sent.items() if name in members]
    elif kind == "list" and isinstance(sent, list):
        inside = [(shape.member, value, path) for value in sent]
    elif kind == "map" and isinstance(sent, dict):
        inside = [(shape.value, value, path) for value in sent.values()]
    else:
        inside = []
    for each in inside:
        yield from unknown_members(*each)


def nested(form: Mapping[str, str]) -> dict[str, Any]:
    """Turn `Filter.1.Name=…` into nested dictionaries."""
    root: dict[str, Any] = {}
    for name, value in form.items():
        *path, last = name.split(".")
        node = root
        for part in path:
            # an empty list is sent as an empty text instead of its members
            if not isinstance(node.get(part), dict):
                node[part] = {}
            node = node[part]
        node[last] = value
    return root


class FormReader:
    """Reads nested dictionaries as the members of a shape; members that the shape does not have go into `unknown`.

    The reverse of botocore.serialize: https://github.com/boto/botocore/blob/develop/botocore/serialize.py
    """

    def __init__(self, *, ec2: bool) -> None:
        self.unknown = list[str]()
        self._ec2 = ec2

    def read(self, shape: Any, node: Any, path: str = "") -> Any:
        """The value of this shape; text if the shape is neither structure nor list nor map."""
        kind = shape.type_name if shape is not None else "structure"
        if isinstance(node, str):
            return [] if kind in ("structure", "list", "map") and not node else node
        if kind in ("structure", "list", "map"):
            return getattr(self, f"_{kind}")(shape, node, path)
        self.unknown += [path + name for name in node]
        return None

    def _structure(self, shape: Any, node: dict[str, Any], path: str) -> dict[str, Any]:
        members = shape.members if shape is not None else {}
        names = {self._sent(member, name): name for name, member in members.items()}
        self.unknown += [path + sent for sent in node if sent not in names]
        return {
            names[sent]: self.read(members[names[sent]], value, f"{path}{sent}.")
            for sent, value in node.items()
            if sent in names
        }

    def _list(self, shape: Any, node: dict[str, Any], path: str) -> list[Any]:
        inner = node
        if not self._ec2 and not shape.serialization.get("flattened"):
            level = shape.member.serialization.get("name", "member")
            inner = node.get(level, {})
            self.unknown += [path + name for name in node if name != level]
        numbers = sorted(inner, key=lambda number: (len(number), number))
        return [self.read(shape.member, inner[number], f"{path}{number}.") for number in numbers]

    def _map(self, shape: Any, node: dict[str, Any], path: str) -> dict[str, Any]:
        entries = node if shape.serialization.get("flattened") else node.get("entry", {})
        key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        return {entry[key]: self.read(shape.value, entry.get(value, ""), f"{path}{key}.") for entry in entries.values()}

    def _sent(self, member: Any, name: str) -> str:
        traits = member.serialization
        given = str(traits.get("name", name))
        if self._ec2:
            return str(traits.get("queryName", given[0].upper() + given[1:]))
        if member.type_name == "list" and traits.get("flattened"):
            return str(member.member.serialization.get("name", given))
        return given
