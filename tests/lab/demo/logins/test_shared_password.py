"""Participants and helpers have different made-up passwords."""

from __future__ import annotations

from tests.lab.demo.conftest import MakeSignIn


def test_who_comes_with_the_shared_password_is_no_helper(make_sign_in: MakeSignIn) -> None:
    found = make_sign_in("shared_password", admins=["Ada", "grace", "katherine"])
    shared, admin = found.secrets["shared_password"], found.secrets["admin_password"]

    assert found.member.person not in ("ada", "grace", "katherine")
    assert shared in found.people[0]
    assert admin in found.people[1]
