"""A participant's own page about their archive: whose, how large, the link and its end, how to unpack, whom to ask. Pure.

It stands alone: no script, no network, light and dark, on a telephone too. Whoever has it has the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pophub.core.cost.forms.page import framed
from pophub.organizer.destroy.links import Link
from pophub.organizer.event.event import Event

LONGEST_NAME = 60
# letters that fit into a line of a telephone
LINE = 24


@dataclass(frozen=True, slots=True)
class About:
    """What is said of the event on each page; `until` is when the links end at the latest."""

    title: str
    contact: tuple[str, ...]
    until: datetime
    zone: ZoneInfo


def about(name: str, event: Event | None, until: datetime) -> About:
    """Of an event; its file may be lost."""
    if event is None:
        return About(name, (), until, ZoneInfo("UTC"))
    return About(event.title, tuple(event.contact), until, ZoneInfo(event.timezone))


def page_names(users: Iterable[str]) -> dict[str, str]:
    """A file's name for each, fit for any disk, whatever the users are called and whether letters' case counts there."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for user in users:
        safe = re.sub(r"[^a-z0-9_]+", "-", user.lower())[:LONGEST_NAME].strip("-") or "participant"
        stem, number = safe, 1
        while stem in taken:
            number += 1
            stem = f"{safe}-{number}"
        taken.add(stem)
        names[user] = f"{stem}.html"
    return names


def link_page(link: Link, event: About) -> str:
    """The whole page."""
    title = f"{event.title}: your files"
    until = event.until.astimezone(event.zone)
    file = _text(link.file_name)
    # no browser tells the shelf where it was, and no search engine keeps what somebody has put onto a website
    body = f"""<main>
<header><h1>{_text(title)}</h1><p>for {_text(link.user)}</p></header>
<p><a href="{escape(link.address)}" rel="noreferrer nofollow">Download {file}</a></p>
<dl class="facts">
<dt>size</dt><dd>{link.stored_bytes / 10**6:,.1f} MB packed, {link.files:,} files</dd>
<dt>works until</dt><dd>{until:%-d %B %Y, %H:%M %Z} at the latest</dd>
{_problems(link)}</dl>
<p>The link is a secret: whoever has it, or this page, has your files. When it does not work any more, ask for a new one.</p>
<section><h2>How to unpack it</h2>
<dl class="facts">
<dt>Linux, JupyterLab</dt><dd>in a terminal: <code>tar --zstd -xf {file}</code></dd>
<dt>macOS</dt><dd>in Terminal: <code>brew install zstd</code>, then <code>zstd -dc {file} | tar -xf -</code></dd>
<dt>Windows 11</dt><dd>right-click the file, Extract All; or <code>tar -xf {file}</code></dd>
</dl>
<p>All of it comes into one folder, {_text(link.top)}, with names, links and dates as they were.</p></section>
<section><h2>Whom to ask</h2><p>{_whom(event)}</p></section>
</main>"""
    return framed(title, body)


def _problems(link: Link) -> str:
    if not link.problems:
        return ""
    return f"<dt>not in it</dt><dd>{link.problems:,} things could not be read, or have no content; ask which</dd>\n"


def _whom(event: About) -> str:
    if not event.contact:
        return "Whoever gave you this page."
    mails = (f'<a href="mailto:{escape(quote(mail, safe="@"))}">{_text(mail)}</a>' for mail in event.contact)
    return ", ".join(mails)


def _text(text: str) -> str:
    """As markup, in which a long word can go on in the next line; who copies it has it whole."""
    words = re.split(r"(\s+)", text)
    pieces = ([word[start : start + LINE] for start in range(0, len(word), LINE)] for word in words)
    return "".join("<wbr>".join(map(escape, piece)) for piece in pieces)
