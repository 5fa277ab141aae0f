"""One line for each person, and whoever needs help first."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.hub.helpers_page.people import Facts, State, Use, as_json, counts, people

AT = "2027-03-01T17:00:00Z"
READY = {"ready": True, "pending": None, "started": AT}


def user(name: str, server: dict[str, Any] | None = None, active: str | None = AT, **more: Any) -> dict[str, Any]:
    return {"name": name, "servers": {} if server is None else {"": server}, "last_activity": active, **more}


@pytest.mark.parametrize(
    ("server", "state"),
    [
        (READY, State.RUNNING),
        ({**READY, "ready": False}, State.STARTING),
        ({**READY, "ready": False, "pending": "spawn"}, State.STARTING),
        ({**READY, "pending": "stop"}, State.STOPPING),
        (None, State.OFF),
    ],
)
def test_the_state_is_the_hubs(server: dict[str, Any] | None, state: State) -> None:
    [person] = people([user("ada", server)], Facts())

    assert (person.state, person.problem) == (state, "")


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (Facts(homes={"ada": Use(95, 100)}), "the home is nearly full"),
        (Facts(memory={"ada": Use(90, 100)}), "the server's memory is nearly full"),
        (Facts(memory={"ada": Use(89, 100)}, homes={"ada": Use(1000, None)}), ""),
        # a server that runs again is no problem any more
        (Facts(errors={"ada": "exit code 1"}), ""),
    ],
)
def test_what_a_helper_should_look_at(facts: Facts, problem: str) -> None:
    [person] = people([user("ada", READY)], facts)

    assert person.problem == problem


def test_a_server_that_ended_is_told_with_its_words() -> None:
    [person] = people([user("ada")], Facts(errors={"ada": "exit code 1\nno such file"}))

    assert person.problem == "exit code 1\nno such file"


def test_the_order_is_problems_servers_others_and_those_who_never_came() -> None:
    users = [
        user("zoe"),
        user("bob", READY),
        user("ada", READY),
        user("eve", READY),
        user("new", active=None),
        user("old", active=None),
    ]
    facts = Facts(homes={"eve": Use(100, 100)}, roster={"new": "New One", "late": "Late Two", "ada": "Ada L"})
    found = people(users, facts)

    assert [(person.user, str(person.state)) for person in found] == [
        ("eve", "running"),
        ("ada", "running"),
        ("bob", "running"),
        ("old", "off"),
        ("zoe", "off"),
        ("late", "never came"),
        ("new", "never came"),
    ]
    assert [person.name for person in found if person.name] == ["Ada L", "Late Two", "New One"]
    assert counts(found) == {
        "people": 7,
        "problems": 1,
        "running": 3,
        "starting": 0,
        "stopping": 0,
        "off": 2,
        "never came": 2,
    }


def test_helpers_and_guests_are_marked() -> None:
    [ada, bob] = people([user("ada", groups=["guests"]), user("bob", roles=["user", "helper"])], Facts())

    assert (ada.guest, ada.helper, bob.guest, bob.helper) == (True, False, False, True)
    assert as_json(ada)["memory"] is None


def test_whoever_is_only_expected_has_not_been_active() -> None:
    [off, on] = people(
        [user("ada", groups=["expected"]), user("bob", READY, groups=["expected"])],
        Facts(roster={"ada": "", "bob": ""}),
    )[::-1]

    assert (off.user, off.state, off.last_activity) == ("ada", State.NEVER, None)
    assert (on.user, on.state, on.last_activity) == ("bob", State.RUNNING, None)
