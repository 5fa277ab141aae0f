"""A kind of account reaches the lab AWS's process as it was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.account_kinds import FREE_PLAN, INSTITUTION, NEW, ORDINARY, RAISED, VARIABLE, AccountKind, this_account


@pytest.mark.parametrize("kind", [ORDINARY, RAISED, NEW, FREE_PLAN, INSTITUTION], ids=lambda kind: kind.name)
def test_another_process_finds_it(kind: AccountKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind.write(tmp_path / "account.json")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "account.json"))

    assert this_account() == kind


def test_without_one_it_is_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    assert this_account() == ORDINARY
