"""The catalogue: entries for single errors, and classes for all others. It only reads the data."""

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
# the source of an entry whose message is in no public document
UNSOURCED = "no public source found"


@dataclass(frozen=True, slots=True)
class Entry:
    """One known error. It applies if all its conditions do. `{name}` in a text is a group of the pattern or a fact."""

    name: str
    kind: Kind
    problem: str
    next_step: str
    source: str
    # AWS's error codes; in a class each is a pattern
    codes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    pattern: re.Pattern[str] | None = None
    # a pattern that must not occur in the text
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A kind of policy that can deny a call: AWS's name for it, its meaning, and who can change it."""

    pattern: re.Pattern[str]
    meaning: str
    next_step: str


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry; those with a pattern come first, because they are more specific than a code alone."""
    return tuple(
        sorted((entry for chapter in CHAPTERS for entry in chapter_of(chapter)), key=lambda it: not it.pattern)
    )


@cache
def chapter_of(name: str) -> tuple[Entry, ...]:
    """The entries of one file, in its order."""
    return tuple(_entry(each) for each in _data(name)["refusal"])


@cache
def classes() -> tuple[Entry, ...]:
    """The classes, in the order in which they are tried."""
    return chapter_of(CLASSES)


@cache
def policies() -> tuple[Policy, ...]:
    """The policies, in the order in which they are tried."""
    return tuple(
        Policy(_pattern(each["pattern"]), each["meaning"], each["next_step"]) for each in _data(POLICIES)["policy"]
    )


@cache
def known_codes() -> frozenset[str]:
    """Every code in an entry."""
    return frozenset(code for entry in entries() for code in entry.codes)


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("pophub.aws.refusals") / "catalogue" / f"{name}.toml").read_text("utf-8"))


def _entry(given: Mapping[str, Any]) -> Entry:
    lists = {key: tuple(given[key]) for key in ("codes", "services", "operations", "statuses") if key in given}
    patterns = {key: _pattern(given[key]) for key in ("pattern", "unless") if key in given}
    # the dataclass refuses unknown keys
    values: dict[str, Any] = {**given, **lists, **patterns, "kind": Kind(given["kind"])}
    return Entry(**values)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
