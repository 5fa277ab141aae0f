"""Facts: what is not known is None, and nothing is taken for granted."""

from __future__ import annotations

from dataclasses import MISSING, fields

from pophub.hub.watch.facts import Facts


def test_every_fact_but_the_time_may_be_unknown_and_none_has_a_default() -> None:
    found = {field.name: field for field in fields(Facts)}

    assert all("None" in str(field.type) for name, field in found.items() if name != "now")
    assert all(field.default is MISSING for field in found.values())
