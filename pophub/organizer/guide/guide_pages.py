"""The guide for participants as Markdown for the event's website, and as data for the hub's own page."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from pophub.organizer.guide.guide import guide, title
from pophub.organizer.plan.plan import Plan

# a web or mail address, without the punctuation after it
LINK = re.compile(r"(https://[^\s<>]*[^\s<>.,:;()]|[^\s<>()]+@[^\s<>()]+[^\s<>.,:;()])")
SPECIAL_IN_MARKDOWN = re.compile(r"([\\`*_\[\]<>&#|~])")


def as_json(plan: Plan) -> dict[str, Any]:
    """The guide as data that consists only of maps, lists and text."""
    sections = [{"title": it.title, "sentences": [asdict(each) for each in it.sentences]} for it in guide(plan)]
    return {"title": title(plan.event), "sections": sections}


def as_markdown(plan: Plan) -> str:
    """The guide as Markdown: addresses become links, all other words are escaped."""
    parts = [f"# {_markdown(title(plan.event))}\n"]
    for section in guide(plan):
        parts += [f"## {section.title}\n", "".join(f"- {_markdown(it.text)}\n" for it in section.sentences)]
    return "\n".join(parts)


def _markdown(text: str) -> str:
    parts = LINK.split(text)
    return "".join(f"<{part}>" if LINK.fullmatch(part) else SPECIAL_IN_MARKDOWN.sub(r"\\\1", part) for part in parts)
