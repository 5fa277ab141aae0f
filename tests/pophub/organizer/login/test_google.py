"""Google: who may sign in."""

from __future__ import annotations

from pophub.organizer.login.google import Google
from pophub.organizer.people.roster import Person
from pophub.organizer.people.standing import Standing


def test_accounts_of_the_domains_may_sign_in() -> None:
    login = Google(hosted_domain=("uni.example", "lab.example"))

    assert login.people() == "Google accounts of uni.example or lab.example"
    assert "account of uni.example or lab.example at hand" in dict(login.before())["google_account"]


def test_people_of_the_first_domain_have_user_names_without_it() -> None:
    login = Google(hosted_domain=("uni.example", "lab.example"), admins=("helper",))
    people = [
        Person("", "Ada@Uni.example", "", 2),
        Person("", "", "grace@lab.example", 3),
        Person("", "", "eve@mail.example", 4),
        Person("", "", "ada", 5),
    ]

    assert [login.user_name(person) for person in people] == ["ada", "grace@lab.example", "eve@mail.example", "ada"]
    assert [*login.standings(people, {}).values()] == [
        Standing.ADMITTED,
        Standing.ADMITTED,
        Standing.NOT_ADMITTED,
        Standing.NO_NAME,
    ]
