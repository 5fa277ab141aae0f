"""docs/refusals.md: the catalogue as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pophub.aws.refusals.catalogue import CHAPTERS, CLASSES, UNSOURCED, Entry, chapter_of

TITLES = {
    "signing_in": "Credentials, clock, region",
    "rights": "Permissions",
    "account": "New accounts, free plan, quotas",
    "machines": "Machines, zones, disks",
    "resources": "Records, buckets, roles, budgets, the VPC",
    "terraform": "Terraform and its state",
    "computer": "This computer and its network",
    "hub": "The hub's machine",
}
HEAD = """# What AWS, Terraform and a computer refuse, and what to do

`pophub explain LOG` says which of these a log holds; deploy, destroy, doctor and the other commands use the same list.
This page is made from `pophub/aws/refusals/catalogue` (`make generated`).
"…" is what the message itself says."""
LAST = """## Everything else

A message that is not listed above is explained by its kind."""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    for chapter in CHAPTERS:
        yield f"\n## {TITLES[chapter]}\n"
        yield from _table(chapter_of(chapter))
    yield f"\n{LAST}\n"
    yield from _table(chapter_of(CLASSES))
    yield ""


def _table(entries: tuple[Entry, ...]) -> Iterator[str]:
    yield "| kind | what it means | what to do | from |"
    yield "| --- | --- | --- | --- |"
    for entry in entries:
        source = f"[source]({entry.source})" if entry.source.startswith("https://") else f"`{entry.source}`"
        source = UNSOURCED if entry.source == UNSOURCED else source
        yield f"| {entry.kind} | {_cell(entry.problem)} | {_cell(entry.next_step)} | {source} |"


def _cell(text: str) -> str:
    plain = re.sub(r"(?:\{\w+\})+", "…", text.replace("\n", " ")).replace("|", "\\|")
    return plain.replace("<", "&lt;")
