"""The question about the event file: which values of the example are still in it, compared with the example file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, yellow
from pophub.organizer.event import lined_yaml
from pophub.organizer.paths import EXAMPLE_EVENT

# keys that name a person or thing of one event; the example's other values may be right for many events
OWN = ("title", "contact", "zone", "domain", "login", "server.content")
# with these left in place, mail reaches nobody, or strangers get rights
HARMFUL = re.compile(r"(contact|zone|domain|login\.\w+\.admins)\b")
# names that are reserved and belong to nobody: https://www.rfc-editor.org/rfc/rfc2606
RESERVED = re.compile(r"(^|[@./])(example\.(com|net|org)|[a-z0-9-]+\.(example|invalid|test))(/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of the example, or a reserved name, and its place in the file."""

    line: int
    key: str
    value: str


def placeholders(case: Case) -> Verdict:
    """The event file compared with the example."""
    example = lined_yaml.read(EXAMPLE_EVENT.read_bytes())
    assert case.file is not None
    return judge_placeholders(find(lined_yaml.read(case.file.read_bytes()), example.data))


def find(file: lined_yaml.Lined, example: Mapping[str, Any]) -> list[Placeholder]:
    """The values that the file shares with the example, and reserved names."""
    known = {(key, value.lower()) for key, value, _ in _texts(example)}
    return [
        Placeholder(file.line_of(place), key, value)
        for key, value, place in _texts(file.data)
        if (key, value.lower()) in known or RESERVED.search(value)
    ]


def judge_placeholders(found: list[Placeholder]) -> Verdict:
    """Red if mail would reach nobody, or if strangers would get rights."""
    if not found:
        return green("nothing of the example is left in it")
    listed = ", ".join(f"`{each.key}: {each.value}` (line {each.line})" for each in found)
    harmful = any(HARMFUL.match(each.key) for each in found)
    return (red if harmful else yellow)(f"it still has names of the example: {listed}", "put those of your event there")


def _texts(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Each text below a key in `OWN`, with its dotted key (without list indexes) and its place."""
    key = ".".join(part for part in place if isinstance(part, str))
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(value, (*place, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _texts(value, (*place, number))
    elif isinstance(data, str) and any(key == own or key.startswith(f"{own}.") for own in OWN):
        yield key, data, place
