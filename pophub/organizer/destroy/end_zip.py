"""Everything that an organizer keeps of an event, in one zip file: pages, costs, the archive's status, the event file. Pure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

from pophub.core.cost.forms.as_csv import as_csv
from pophub.core.cost.forms.page import as_page, framed
from pophub.core.cost.report import Report
from pophub.core.look import NO_BRAND, Brand
from pophub.hub.archive.history import History, to_json

# what our pages use; a link, an image or HTML in somebody's words stays text
RULES = ("heading", "list", "table", "emphasis", "backticks", "escape")


def contents(
    retrospective: str,
    cost: Report | str,
    *,
    archive: Mapping[str, Any],
    history: History | None,
    event_file: tuple[str, bytes],
    brand: Brand = NO_BRAND,
) -> dict[str, bytes]:
    """The content of each file, by name; if there is no cost report, the retrospective says why."""
    files = {"retrospective.md": retrospective, "retrospective.html": as_html(retrospective, brand)}
    if isinstance(cost, Report):
        files |= {"costs.html": as_page(cost, brand=brand), "costs.csv": as_csv(cost)}
    files["archive.json"] = json.dumps(archive, indent=1)
    if history is not None:
        files["history.json"] = json.dumps(to_json(history), indent=1)
    name, content = event_file
    return {name: text.encode() for name, text in files.items()} | {name: content}


def as_html(markdown: str, brand: Brand = NO_BRAND) -> str:
    """The whole page; its title is the first heading."""
    parser = MarkdownIt("zero").enable(RULES)
    tokens = parser.parse(markdown)
    after_heading = (words for mark, words in pairwise(tokens) if mark.type == "heading_open")
    title = next((words.content for words in after_heading), "")
    for token in tokens:
        # the page's Content-Security-Policy forbids style attributes
        token.attrs.pop("style", None)
        if token.type == "th_open":
            token.attrs["scope"] = "col"
    body = parser.renderer.render(tokens, parser.options, {})
    # a heading without words is none
    body = body.replace('<th scope="col"></th>', "<td></td>")
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    return framed(title, f"<main>\n{body}</main>", brand=brand)


def zipped(folder: str, files: Mapping[str, bytes], now: datetime) -> bytes:
    """The files in one folder; equal inputs give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as end_zip:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(f"{folder}/{name}", date_time=now.timetuple()[:6])
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            end_zip.writestr(member, content)
    return target.getvalue()
