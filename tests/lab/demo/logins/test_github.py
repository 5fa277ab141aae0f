"""The lab's GitHub has people of the event's own organizations."""

from __future__ import annotations

from tests.lab.demo.conftest import MakeSignIn


def test_the_people_are_of_the_events_organization_and_the_helper_is_named(make_sign_in: MakeSignIn) -> None:
    found = make_sign_in("github", allow=["geohackweek", "partners:participants-2027"])

    assert found.member.person == "ada"
    assert {"  ada: member of geohackweek", "  Grace: member of partners, team participants-2027, a helper"} <= set(
        found.people
    )


def test_of_a_team_alone_a_member_of_the_team_comes(make_sign_in: MakeSignIn) -> None:
    found = make_sign_in("github", allow=["lab:students"])

    assert found.member.person == "Grace"
    assert "  Grace: member of lab, team students, a helper" in found.people
