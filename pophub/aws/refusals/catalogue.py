"""The catalogue: entries for single refusals, and classes that tell every other one by its kind. It only reads the data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pophub.aws.refusals.explanation import Kind

# in the order of the reference page
CHAPTERS = ("signing_in", "rights", "account", "machines", "resources", "terraform", "computer", "hub")
CLASSES, POLICIES = "classes", "policies"
# an entry's source where its wording was searched for in vain
UNSOURCED = "no public source found"


@dataclass(frozen=True, slots=True)
class Entry:
    """One refusal: it is met if all that is given here fits. `{name}` in the texts is a group of the pattern or a fact."""

    name: str
    kind: Kind
    problem: str
    next_step: str
    source: str
    # AWS's codes; in a class each is a pattern of its own
    codes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    pattern: re.Pattern[str] | None = None
    # what the text must not say
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A kind of policy that can deny a call: how AWS names it, in plain words, and who can change it."""

    pattern: re.Pattern[str]
    meaning: str
    next_step: str


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry; those with a pattern first, because they say more than a code alone."""
    return tuple(
        sorted((entry for chapter in CHAPTERS for entry in chapter_of(chapter)), key=lambda it: not it.pattern)
    )


@cache
def chapter_of(name: str) -> tuple[Entry, ...]:
    """The entries of one file, in its order."""
    return tuple(_entry(each) for each in _data(name)["refusal"])


@cache
def classes() -> tuple[Entry, ...]:
    """In the order in which they are tried."""
    return chapter_of(CLASSES)


@cache
def policies() -> tuple[Policy, ...]:
    """In the order in which they are tried."""
    return tuple(
        Policy(_pattern(each["pattern"]), each["meaning"], each["next_step"]) for each in _data(POLICIES)["policy"]
    )


@cache
def known_codes() -> frozenset[str]:
    """Every code that an entry names."""
    return frozenset(code for entry in entries() for code in entry.codes)


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("pophub.aws.refusals") / "catalogue" / f"{name}.toml").read_text("utf-8"))


def _entry(given: Mapping[str, Any]) -> Entry:
    lists = {key: tuple(given[key]) for key in ("codes", "services", "operations", "statuses") if key in given}
    patterns = {key: _pattern(given[key]) for key in ("pattern", "unless") if key in given}
    # an unknown key is refused by the dataclass
    values: dict[str, Any] = {**given, **lists, **patterns, "kind": Kind(given["kind"])}
    return Entry(**values)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
