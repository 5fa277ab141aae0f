"""Accounts of the machine: who may sign in."""

from __future__ import annotations

import pytest

from pophub.organizer.login.system import System


@pytest.mark.parametrize(
    ("created", "which"), [(True, "created when a helper adds a person"), (False, "which must exist already")]
)
def test_who_has_an_account_may_sign_in(created: bool, which: str) -> None:
    people = System(create_users=created).people()

    assert people == f"Unix accounts of the machine, {which}"
