"""A YAML 1.2 reader that knows the line of each value. It returns only plain values.

Dates and times stay text (`09:00` is not 540), `no` is text and decimals are Decimal, so that only the model decides
what a value means.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12
MAX_VALUES = 10_000

TOO_MUCH = "nested too deeply or too large"
TAG_PREFIX = "tag:yaml.org,2002:"
Place = tuple[str | int, ...]


class UnreadableYaml(Exception):
    """The text cannot be an event file; `line` counts from 1."""

    def __init__(self, line: int, problem: str, remedy: str = "correct the YAML") -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        self.remedy = remedy


@dataclass(slots=True)
class Lined:
    """Plain data, and the line of each place in it."""

    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    values: int = 0

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the closest part around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(raw: bytes) -> Lined:
    """Read one YAML document.

    Raises:
        UnreadableYaml: the text is not one small document of maps, lists and scalars.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableYaml(1, f"larger than {MAX_BYTES // 1024} KiB")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableYaml(line, "not UTF-8 text", "save the file as UTF-8") from error
    lined = Lined()
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if r"found character '\t'" in str(error.problem):
            problem = "a tab stands here, where YAML allows only spaces"
            raise UnreadableYaml(line, problem, "indent with spaces") from error
        raise UnreadableYaml(line, ", ".join(filter(None, (error.context, error.problem)))) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise UnreadableYaml(line, "a control character stands here, which YAML does not allow") from error
    except RecursionError as error:
        raise UnreadableYaml(1, TOO_MUCH) from error
    lined.data = None if root is None else _value(root, (), lined)
    return lined


def _value(node: Node, place: Place, lined: Lined) -> Any:
    line = node.start_mark.line + 1
    lined.lines.setdefault(place, line)
    lined.values += 1
    if len(place) > MAX_DEPTH or lined.values > MAX_VALUES:
        raise UnreadableYaml(line, TOO_MUCH)
    if isinstance(node, MappingNode) and node.tag == f"{TAG_PREFIX}map":
        return _mapping(node, place, lined)
    if isinstance(node, SequenceNode) and node.tag == f"{TAG_PREFIX}seq":
        return [_value(child, (*place, index), lined) for index, child in enumerate(node.value)]
    if isinstance(node, ScalarNode):
        return _scalar(node, line)
    raise _foreign(node, line)


def _mapping(node: MappingNode, place: Place, lined: Lined) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise UnreadableYaml(line, "a key must be a word")
        key = _text(key_node, line)
        if key in result:
            raise UnreadableYaml(line, f"the key {key[:60]!r} stands here twice")
        lined.lines[(*place, key)] = line
        result[key] = _value(value_node, (*place, key), lined)
    return result


def _scalar(node: ScalarNode, line: int) -> Any:
    """A scalar by YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema); any other form stays text."""
    tag = str(node.tag).removeprefix(TAG_PREFIX)
    text = _text(node, line)
    if tag == "null":
        return None
    if tag == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if tag == "int" and re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if tag == "float" and re.fullmatch(r"[-+]?([0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})", text):
        return Decimal(text)
    if tag in ("str", "timestamp", "bool", "int", "float"):
        return text
    raise _foreign(node, line)


def _text(node: ScalarNode, line: int) -> str:
    text = str(node.value)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnreadableYaml(line, "half a character stands here (a lone surrogate)")
    return text


def _foreign(node: Node, line: int) -> UnreadableYaml:
    return UnreadableYaml(line, f"the tag {str(node.tag)[:60]!r} has no place in an event file")


def in_yaml(value: Any) -> str:
    """A value as one line of YAML that `read` reads back unchanged; text has no quotes if that changes nothing."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(in_yaml, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str) and _is_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    # other YAML readers take 09:00 for a number, and --a for the start of a list
    if not text or text[0] == "-" or text[2:3] == ":" or not text.isprintable():
        return False
    try:
        return bool(read(f"[{text}]".encode()).data == [text])
    except UnreadableYaml:
        return False
