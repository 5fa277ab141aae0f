"""The catalogue's data: unique names, sources, texts that can be filled."""

from __future__ import annotations

import re

import pytest

from pophub.aws.refusals.catalogue import UNSOURCED, Entry, classes, entries, policies

FACTS = {"code", "message", "call", "service", "text"}
DENIED = {"action", "on_what", "who", "by_policy", "whom_to_ask"}
ALL = (*entries(), *classes())


def test_names_are_unique() -> None:
    for table in (entries(), classes()):
        names = [entry.name for entry in table]
        assert sorted(set(names)) == sorted(names)
    assert len(entries()) > 80
    assert policies()


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.name)
def test_an_entry_is_met_by_something_has_a_source_and_texts_that_can_be_filled(entry: Entry) -> None:
    groups = set(entry.pattern.groupindex) if entry.pattern else set()
    used = set(re.findall(r"\{(\w+)\}", entry.problem + entry.next_step))

    assert entry.codes or entry.pattern or entry.operations
    assert entry.source == UNSOURCED or entry.source.startswith(("https://", "hub-config/"))
    assert used <= groups | FACTS | DENIED
    assert entry.next_step
    assert not entry.problem.endswith(".")
