"""The page at the event's address while its machine is prepared, and while the hub does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from pophub.core.look import Brand, framed

HERE = Path(__file__).parent


def waiting_page(settings: Mapping[str, Any], brand: Brand) -> str:
    """The whole page; it asks for status.json itself."""
    title = str(settings["title"])
    mails = (f'<a href="mailto:{escape(it)}">{escape(it)}</a>' for it in settings.get("contact") or ())
    contact = ", ".join(mails)
    questions = f'<p class="quiet">Questions: {contact}</p>' if contact else ""
    body = Template((HERE / "waiting.html").read_text()).substitute(title=escape(title), questions=questions)
    return framed(title, body, brand=brand, script=(HERE / "waiting.js").read_text())
