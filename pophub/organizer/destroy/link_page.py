"""A participant's page about their archive: its size, the link and when it ends, how to unpack it, whom to ask. Pure.

The page needs no script and no network; it has light and dark colours and fits a telephone. Anybody who has it can
download the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pophub.core.look import NO_BRAND, Brand, framed, with_code
from pophub.organizer.destroy.links import Link
from pophub.organizer.event.event import Event

LONGEST_NAME = 60
# characters in one line on a telephone
LINE = 24
# system → what to do there with the archive `{file}`; commands are in backticks
UNPACKING = (
    ("Linux, JupyterLab", "in a terminal: `tar --zstd -xf {file}`"),
    ("macOS", "in Terminal: `brew install zstd`, then `zstd -dc {file} | tar -xf -`"),
    ("Windows 11", "right-click the file, Extract All; or `tar -xf {file}`"),
)
# the last row for a home that also has a zip
UNPACKING_ZIP = ("Windows, or without a terminal", "take `{zip}`: right-click it, Extract All; a double click on macOS")


@dataclass(frozen=True, slots=True)
class About:
    """What each page says about the event; `until` is the latest time at which the links end."""

    title: str
    contact: tuple[str, ...]
    until: datetime
    zone: ZoneInfo


def about(name: str, event: Event | None, until: datetime) -> About:
    """The event's part of the page; `event` is None if its file is lost."""
    if event is None:
        return About(name, (), until, ZoneInfo("UTC"))
    return About(event.title, tuple(event.contact), until, ZoneInfo(event.timezone))


def file_names(people: Iterable[str], ending: str) -> list[str]:
    """A file name for each of them, valid on any disk: also where upper and lower case count as the same."""
    names: list[str] = []
    for person in people:
        safe = re.sub(r"[^a-z0-9_]+", "-", person.lower())[:LONGEST_NAME].strip("-") or "participant"
        stem, number = safe, 1
        while f"{stem}.{ending}" in names:
            number += 1
            stem = f"{safe}-{number}"
        names.append(f"{stem}.{ending}")
    return names


def unpacking(link: Link) -> tuple[tuple[str, str], ...]:
    """System → what to do there with `{file}` or `{zip}`; commands are in backticks."""
    return (*UNPACKING[:-1], UNPACKING_ZIP) if link.zip_address else UNPACKING


def link_page(link: Link, event: About, brand: Brand = NO_BRAND) -> str:
    """The whole page as HTML."""
    title = f"{event.title}: your files"
    until = event.until.astimezone(event.zone)
    file = _text(link.file_name)
    names = {"file": file, "zip": _text(link.zip_name)}
    ways = "\n".join(f"<dt>{system}</dt><dd>{with_code(how).format(**names)}</dd>" for system, how in unpacking(link))
    # noreferrer: the bucket does not learn which page had the link; nofollow: search engines do not follow it
    body = f"""<main>
<header><h1>{_text(title)}</h1><p>for {_text(link.user)}</p></header>
<p><a class="button first" href="{escape(link.address)}" rel="noreferrer nofollow">Download {file}</a></p>
{_zip(link)}<dl class="facts">
<dt>size</dt><dd>{link.stored_bytes / 10**6:,.1f} MB packed, {link.files:,} files</dd>
<dt>works until</dt><dd>{until:%-d %B %Y, %H:%M %Z} at the latest</dd>
{_problems(link)}</dl>
<p>The link is a secret: whoever has it, or this page, has your files. When it does not work any more, ask for a new one.</p>
<section><h2>How to unpack it</h2>
<dl class="facts">
{ways}
</dl>
<p>All of it comes into one folder, {_text(link.top)}, with names, links and dates as they were.{_about_zip(link)}</p></section>
<section><h2>Whom to ask</h2><p>{_whom(event)}</p></section>
</main>"""
    return framed(title, body, brand=brand)


def _zip(link: Link) -> str:
    if not link.zip_address:
        return ""
    size = f"{link.zip_bytes / 10**6:,.1f} MB"
    return (
        f'<p><a class="button" href="{escape(link.zip_address)}" rel="noreferrer nofollow">'
        f"Download {_text(link.zip_name)}</a> the same files as a zip, {size}</p>\n"
    )


def _about_zip(link: Link) -> str:
    return " In the zip links are left out, and names are fit for Windows." if link.zip_address else ""


def _problems(link: Link) -> str:
    if not link.problems:
        return ""
    return f"<dt>not in it</dt><dd>{link.problems:,} files or folders could not be read, or have no content; ask which</dd>\n"


def _whom(event: About) -> str:
    if not event.contact:
        return "Whoever gave you this page."
    mails = (f'<a href="mailto:{escape(quote(mail, safe="@"))}">{_text(mail)}</a>' for mail in event.contact)
    return ", ".join(mails)


def _text(text: str) -> str:
    """HTML-escaped text in which long words can break; copying gives the word without breaks."""
    words = re.split(r"(\s+)", text)
    pieces = ([word[start : start + LINE] for start in range(0, len(word), LINE)] for word in words)
    return "".join("<wbr>".join(map(escape, piece)) for piece in pieces)
