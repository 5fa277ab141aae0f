"""The page of the event file says of each key what may stand there and what happens without it."""

from __future__ import annotations

import re

from pophub.organizer.docs.event_page import page
from pophub.organizer.event.json_schema import event_schema

PAGE = page(event_schema())


def _row(section: str, key: str) -> list[str]:
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    [row] = [line for line in text.splitlines() if line.startswith(f"| `{key}` |")]
    return [cell.strip() for cell in row.strip("|").split(" | ")][2:]


def test_limits_defaults_and_examples_are_those_of_the_model() -> None:
    assert _row("Keys", "participants") == ["whole number, 1 to 1000", "required", "`participants: 60`"]
    assert _row("Keys", "contact")[:2] == ["a mail address, or a list of up to 10", "none"]
    assert _row("Keys", "timezone")[0] == "a time zone of the IANA list, Area/City"
    assert _row("`idle`", "kernel_minutes")[:2] == ["whole number, 5 to 1440, or `null`", "`null`"]
    assert _row("`host`", "architecture") == ["`x86_64`, `arm64`", "`x86_64`", "`architecture: x86_64`"]
    assert _row("`assumptions`", "present")[0] == "number, 0 to 1, or a list of 3"
    assert _row("`sessions`", "start")[2] == '`start: "09:00"`'
    assert _row("`login`", "google")[1] == "one of them"


def test_each_part_that_is_named_has_its_section() -> None:
    headings = [re.sub(r"[`.]", "", title) for title in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)]
    linked = re.findall(r"\(#(\w+)\)", PAGE)

    assert len(linked) > 10
    assert set(linked) <= set(headings)
