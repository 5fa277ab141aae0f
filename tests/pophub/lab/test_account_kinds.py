"""A kind of account reaches the lab AWS's process as it was chosen."""

from __future__ import annotations

import pytest

from pophub.lab.account_kinds import FREE_PLAN, INSTITUTION, NEW, ORDINARY, VARIABLE, AccountKind, this_account


@pytest.mark.parametrize("kind", [ORDINARY, NEW, FREE_PLAN, INSTITUTION], ids=lambda kind: kind.name)
def test_it_survives_the_environment(kind: AccountKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, kind.to_json())

    assert this_account() == kind


def test_without_one_it_is_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    assert this_account() == ORDINARY
