"""Check parameters against their model: required, length, range, enumeration, pattern, type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

# classes of Java's patterns that Python's do not have; approximate, sufficient for European languages
_CLASSES = {
    r"\p{L}": "A-Za-z\u00aa-\u024f\u0370-\u1fff",
    r"\p{Zs}": r" \u00a0\u2000-\u200a",
    r"\p{Z}": r" \u00a0\u2000-\u200a",
    r"\p{N}": "0-9",
    r"\p{M}": r"\u0300-\u036f",
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}",
    r"\p{S}": r"$+<-?^`|~",
    r"\p{C}": r"\x00-\x1f",
    r"\p{Cntrl}": r"\x00-\x1f",
    r"\p{Print}": r"\x20-\x7e",
    r"\p{Graph}": r"\x21-\x7e",
    r"\p{Alnum}": "A-Za-z0-9",
    r"\p{ASCII}": r"\x00-\x7f",
    # a range of surrogate pairs
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
    r"\p{IsLatin}": "A-Za-z\u00c0-\u024f",
}
# enumerations that are not checked: the model's list is older than the service, or not meant as a limit
_OPEN = {("ec2", "InstanceType")}


@dataclass(frozen=True, slots=True)
class Problem:
    """One parameter, its error, and the text that AWS's JSON services use for it."""

    kind: str
    path: str
    value: Any
    rule: str

    def __str__(self) -> str:
        # a missing value has no quotes:
        # https://github.com/getmoto/moto/blob/master/tests/test_swf/responses/test_workflow_executions.py
        value = self.value if self.kind == "required" else f"'{self.value}'"
        return f"Value {value} at '{self.path}' failed to satisfy constraint: {self.rule}"


def problems(shape: Any, value: Any, path: str = "", service: str = "") -> Iterator[Problem]:
    """Every error of a value and of the values inside it."""
    if shape is None or value is None:
        return
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in shape.required_members:
            if value.get(name) is None:
                yield Problem("required", _at(path, name), "null", "Member must not be null")
        inside = [(shape.members[name], each, _at(path, name)) for name, each in value.items() if name in shape.members]
    elif shape.type_name == "list" and isinstance(value, list):
        yield from _length(shape, value, path)
        inside = [(shape.member, each, _at(path, f"{number}.member")) for number, each in enumerate(value, 1)]
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from _length(shape, value, path)
        inside = [(shape.value, each, _at(path, name)) for name, each in value.items()]
        inside += [(shape.key, name, _at(path, name)) for name in value]
    else:
        yield from _scalar(shape, value, path, service)
        return
    for member, each, where in inside:
        yield from problems(member, each, where, service)


def _at(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _length(shape: Any, value: Any, path: str) -> Iterator[Problem]:
    limits = shape.metadata
    if len(value) > limits.get("max", len(value)):
        yield Problem("length", path, value, f"Member must have length less than or equal to {limits['max']}")
    if len(value) < limits.get("min", 0):
        yield Problem("length", path, value, f"Member must have length greater than or equal to {limits['min']}")


def _scalar(shape: Any, value: Any, path: str, service: str) -> Iterator[Problem]:
    match shape.type_name:
        case "string" if isinstance(value, str):
            yield from _length(shape, value, path)
            names = shape.enum
            if names and value not in names and (service, shape.name) not in _OPEN:
                yield Problem("enum", path, value, f"Member must satisfy enum value set: [{', '.join(names)}]")
            pattern = shape.metadata.get("pattern")
            if pattern and not compiled(pattern).fullmatch(value):
                yield Problem("pattern", path, value, f"Member must satisfy regular expression pattern: {pattern}")
        case "integer" | "long" | "float" | "double" if _is_number(shape.type_name, value):
            yield from _range(shape, float(value), path)
        case "boolean" if value in (True, False, "true", "false", "True", "False"):
            return
        case "blob" | "timestamp":
            return
        case kind:
            yield Problem("type", path, value, f"Member must be of the type {kind}")


def _is_number(kind: str, value: Any) -> bool:
    try:
        (int if kind in ("integer", "long") and isinstance(value, str) else float)(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _range(shape: Any, value: float, path: str) -> Iterator[Problem]:
    limits = shape.metadata
    if value > limits.get("max", value):
        yield Problem("range", path, value, f"Member must have value less than or equal to {limits['max']}")
    if value < limits.get("min", value):
        yield Problem("range", path, value, f"Member must have value greater than or equal to {limits['min']}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of AWS's models, which use Java's syntax, compiled for Python; it must match the whole value."""
    for name, characters in _CLASSES.items():
        pattern = pattern.replace(f"[{name}]", f"[{characters}]").replace(name, characters)
    # in Java a dash after a class is a plain dash, and `(?i)` may stand in the middle
    return re.compile(pattern.replace(r"\w-", r"\w\-").replace("(?i)", ""), re.ASCII)
