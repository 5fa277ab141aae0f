"""docs/first-deployment.md and docs/prerequisites.md: the kinds of account have a row each, and what they name is there."""

from __future__ import annotations

import re

from lab import account_kinds
from lab.account_kinds import RAISED, AccountKind
from pophub.organizer.event.account import Account
from pophub.organizer.paths import ROOT

PAGE = (ROOT / "docs" / "first-deployment.md").read_text()
NEEDED = (ROOT / "docs" / "prerequisites.md").read_text()


def test_each_kind_of_account_has_a_row() -> None:
    kinds = {kind.name for kind in vars(account_kinds).values() if isinstance(kind, AccountKind)} - {RAISED.name}
    first_cells = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)

    assert kinds == {"ordinary", "new", "free plan", "institution"}
    assert {kind for kind in kinds if any(cell.startswith(kind) for cell in first_cells)} == kinds


def test_the_tests_and_files_that_are_named_are_there() -> None:
    named = re.findall(r"`((?:tests|pophub|hub-config)/[\w./-]+)`", PAGE + NEEDED)

    assert len(named) >= 6
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_key_of_the_account_file_is_one() -> None:
    keys = re.findall(r"`(\w+): arn:aws", NEEDED)

    assert keys == ["permissions_boundary"]
    assert set(keys) <= Account.model_fields.keys()
