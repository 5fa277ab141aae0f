"""What people see in a browser when a sign-in with GitHub does not end at the hub: at both widths, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.organizer.event.event import Event
from tests.browser.browsing import Tab
from tests.browser.people import sign_in
from tests.hub_config.refused import DIRECTORY, hub_of_all

pytestmark = [pytest.mark.hub, pytest.mark.browser]


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGitHub]:
    with LabGitHub(DIRECTORY, tmp_path_factory.mktemp("github")) as github:
        yield github


@pytest.fixture(scope="module")
def hub(hackweek: Event, github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    with hub_of_all(hackweek, github, tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def tab(browser: Browser, shots: Path, hub: LabHub, github: LabGitHub) -> Iterator[Tab]:
    tab = Tab(browser, shots, hub.url, github.url)
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        ("saskia", "One more step at GitHub"),
        ("ivy", "Your invitation is waiting at GitHub"),
        ("olga", "Your organization has not approved this hub yet"),
        ("heidi", "You are not in this event's team yet"),
        ("sil", "Your GitHub account is not on this event's list yet"),
    ],
)
def test_who_is_refused_reads_what_is_missing(tab: Tab, hub: LabHub, person: str, heading: str) -> None:
    sign_in(tab, hub.url, person)
    tab.says(heading)

    assert tab.complaints(f"refused {person}") == []
    tab.forgive("status of 403")


def test_a_member_opens_the_organizations_sign_in_from_the_page_and_gets_in(tab: Tab, hub: LabHub) -> None:
    sign_in(tab, hub.url, "saskia")
    tab.go("sign-in of corp")
    tab.go("Continue")
    tab.open(hub.url)
    tab.go("Sign in with GitHub")
    tab.page.get_by_role("button", name="Logout").wait_for()
    tab.forgive("status of 403")


def test_who_cancels_tries_again_with_the_first_button(tab: Tab, hub: LabHub) -> None:
    tab.open(hub.url)
    tab.go("Sign in with GitHub")
    tab.go(re.compile("^carl "))
    tab.go("Cancel")
    tab.says("You pressed Cancel at GitHub")

    assert tab.complaints("cancelled") == []
    tab.forgive("status of 400")
    tab.go("Try again")
    tab.says("Welcome to")


@pytest.mark.parametrize(
    ("trouble", "heading"),
    [("primary limit", "GitHub is asked too often just now"), ("unavailable", "GitHub does not answer just now")],
)
def test_a_github_in_trouble_is_told_as_that(
    tab: Tab, hub: LabHub, github: LabGitHub, trouble: str, heading: str
) -> None:
    with github.fault(("/api/v3/orgs/", trouble)):
        sign_in(tab, hub.url, "ada")
    tab.says(heading)

    assert tab.complaints(heading) == []
    tab.forgive("status of 503")


def test_what_the_organizers_must_correct(tab: Tab, hub: LabHub) -> None:
    assert tab.open(f"{hub.url}/hub/oauth_callback?error=redirect_uri_mismatch") == 503
    tab.says("The hub's sign-in is not set up right")

    assert tab.complaints("callback") == []
    tab.forgive("status of 503")
