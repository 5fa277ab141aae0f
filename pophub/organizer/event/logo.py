"""The event's logo: a PNG, or an SVG that is a drawing and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pophub.core.errors import PophubError

MAX_BYTES = 200 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
# elements that run or load something: https://www.w3.org/TR/SVG2/
FORBIDDEN = {"script", "foreignObject", "iframe", "object", "embed", "audio", "video", "handler", "set", "animate"}
LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Logo:
    """The file's content; `suffix` is `.png` or `.svg`."""

    suffix: str
    content: bytes


def read_logo(path: Path) -> Logo:
    """Read and check the file.

    Raises:
        PophubError: it cannot be read, is too large, or is not a plain drawing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}", "the path is relative to the event file") from error
    if len(content) > MAX_BYTES:
        kib = -(-len(content) // 1024)
        raise _refused(path, f"has {kib} KiB, and 200 are allowed", "make it smaller: it is shown 40 pixels high")
    if content.startswith(PNG):
        return Logo(".png", content)
    for problem in _problems(content):
        raise _refused(path, problem, "export it as a plain SVG, or as a PNG")
    return Logo(".svg", content)


def _problems(content: bytes) -> Iterator[str]:
    try:
        text = content.decode()
        # an entity can grow without limit: https://docs.python.org/3/library/xml.html#xml-vulnerabilities
        if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
            yield "has a document type, which can contain anything"
            return
        root = ElementTree.fromstring(text)  # noqa: S314 - it has no document type
    except (ElementTree.ParseError, ValueError):
        yield "is neither PNG nor SVG"
        return
    if _plain(root.tag) != "svg":
        yield "is neither PNG nor SVG"
    for element in root.iter():
        name = _plain(str(element.tag))
        if name in FORBIDDEN:
            yield f"contains <{name}>, which a logo does not need"
        if name == "style" and LOADS.search(element.text or ""):
            yield "loads something from elsewhere in its style"
        for attribute, value in element.attrib.items():
            yield from _attribute_problems(_plain(attribute), value)


def _attribute_problems(name: str, value: str) -> Iterator[str]:
    if name.lower().startswith("on"):
        yield f"runs a program: {name}"
    if name == "href" and not value.startswith(("#", "data:image/png", "data:image/jpeg")):
        yield f"refers to {value[:60]}"
    if LOADS.search(value):
        yield f"loads something from elsewhere: {value[:60]}"


def _plain(name: str) -> str:
    return name.rpartition("}")[2]


def _refused(path: Path, problem: str, hint: str) -> PophubError:
    return PophubError(f"the logo {path} {problem}", hint=hint, field="branding.logo")
