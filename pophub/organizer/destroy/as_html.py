"""The Markdown of our own pages as an HTML page: only headings, lists, tables, bold, code and escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from pophub.core.cost.forms.page import framed

INLINE = re.compile(r"\\(?P<plain>[^\w\s])|\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`")
RULE = re.compile(r"\|(?: -+:? \|)+")


def as_html(markdown: str) -> str:
    """The whole page; its title is the first heading."""
    title = next((line.lstrip("# ") for line in markdown.splitlines() if line.startswith("#")), "")
    return framed(title, "<main>\n" + "\n".join(_blocks(markdown)) + "\n</main>")


def _blocks(markdown: str) -> Iterator[str]:
    for kind, lines in groupby(markdown.splitlines(), _kind):
        match kind:
            case "heading":
                yield from map(_heading, lines)
            case "list":
                yield f"<ul>{''.join(f'<li>{_inline(line[2:])}</li>' for line in lines)}</ul>"
            case "table":
                yield _table(list(lines))
            case "text":
                yield f"<p>{_inline(' '.join(lines))}</p>"


def _kind(line: str) -> str:
    beginnings = {"#": "heading", "- ": "list", "|": "table"}
    kinds = (kind for beginning, kind in beginnings.items() if line.startswith(beginning))
    return next(kinds, "text" if line.strip() else "nothing")


def _heading(line: str) -> str:
    text = line.lstrip("#")
    level = min(len(line) - len(text), 6)
    return f"<h{level}>{_inline(text.strip())}</h{level}>"


def _table(lines: list[str]) -> str:
    head, *rows = (_cells(line) for line in lines if not RULE.fullmatch(line))
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(line: str) -> list[str]:
    return [_inline(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _inline(text: str) -> str:
    pieces, done = [], 0
    for found in INLINE.finditer(text):
        pieces += [escape(text[done : found.start()]), _marked(found)]
        done = found.end()
    return "".join([*pieces, escape(text[done:])])


def _marked(found: re.Match[str]) -> str:
    if found["plain"]:
        return escape(found["plain"])
    return f"<strong>{_inline(found['bold'])}</strong>" if found["bold"] else f"<code>{escape(found['code'])}</code>"
