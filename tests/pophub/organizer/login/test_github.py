"""GitHub: who may sign in, and who is invited."""

from __future__ import annotations

import pytest

from pophub.organizer.login.github import GitHub


@pytest.mark.parametrize(("allow", "names"), [(("geo",), "geo"), (("a", "b", "c:d"), "a, b or c:d")])
def test_members_of_the_organizations_and_teams_may_sign_in(allow: tuple[str, ...], names: str) -> None:
    assert GitHub(allow=allow).people() == f"GitHub accounts that are members of {names}"


def test_teams_are_named_by_their_organization_once() -> None:
    before = dict(GitHub(allow=("ohw:leads", "ohw:participants", "geohackweek")).before())

    assert "the invitation to ohw or geohackweek that GitHub" in before["github_invitation"]
