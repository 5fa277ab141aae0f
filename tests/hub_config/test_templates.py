"""The pages that participants see, rendered as JupyterHub renders them. How they look is not tested."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jupyterhub._data import DATA_FILES_PATH  # type: ignore[import-untyped]

from pophub.event import Event
from pophub.lab.pages import Page
from pophub.render import hub_settings

Render = Callable[..., str]
# what JupyterHub gives to every page: https://github.com/jupyterhub/jupyterhub/blob/6.1.1/jupyterhub/handlers/base.py
EVERY_PAGE: dict[str, Any] = {
    "base_url": "/hub/",
    "prefix": "/",
    "user": None,
    "login_url": "/hub/login",
    "logout_url": "/hub/logout",
    "static_url": lambda path, **_: f"/hub/static/{path}",
    "version_hash": "",
    "xsrf_token": "",
    "xsrf": "",
    "no_spawner_check": True,
    "admin_access": False,
    "parsed_scopes": {},
    "services": [],
    "announcement": "",
    "logo_url": "",
    "custom_html": "",
    "login_service": "GitHub",
    "authenticator_login_url": "/hub/oauth_login?next=",
}
REFUSAL = SimpleNamespace(
    account="mallory",
    github_url="https://github.com",
    client_id="Iv1.0",
    organizations=["geohackweek", "partners"],
)


@pytest.fixture
def render(hackweek: Event, hackweek_bundle: Path) -> Render:
    original = FileSystemLoader(Path(DATA_FILES_PATH) / "templates")
    ours = FileSystemLoader(hackweek_bundle / "hub-config" / "templates")
    loader = ChoiceLoader([PrefixLoader({"templates": original}), ours, original])
    pages = Environment(loader=loader, autoescape=True)

    def render_page(name: str, **more: Any) -> str:
        about = {"event": hub_settings(hackweek), "last_day": "12 March 2027"}
        return pages.get_template(name).render({**EVERY_PAGE, **about, **more})

    return render_page


def error(render: Render, status: int, **more: Any) -> str:
    given = {"status_code": status, "status_message": "", "message": "", "message_html": "", "exception": None}
    return render("error.html", **{**given, **more})


@pytest.fixture(
    params=["login.html", "error.html", "404.html", "spawn_pending.html", "home.html", "logout.html", "not_admitted"]
)
def any_page(request: pytest.FixtureRequest, render: Render) -> str:
    server = {"user": SimpleNamespace(name="ada"), "default_server": SimpleNamespace(active=False)}
    match request.param:
        case "not_admitted":
            return error(render, 403, exception=REFUSAL)
        case "spawn_pending.html" | "home.html":
            return render(request.param, progress_url="/hub/api/users/ada/server/progress", **server)
        case name:
            return render(name, status_code=404, status_message="Not Found", message="", message_html="")


def test_every_page_says_which_event_it_is(any_page: str) -> None:
    assert "Geo <Hackweek> & Friends" in Page(any_page).text
    assert "<Hackweek>" not in any_page


def test_every_page_says_whom_to_ask(any_page: str) -> None:
    assert 'href="mailto:organizers@geohackweek.example.org' in any_page


def test_no_page_fetches_anything_from_elsewhere(any_page: str) -> None:
    fetched = re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["']([^"']*)""", any_page)

    assert [address for address in fetched if not address.startswith("/hub/")] == []
    assert "@import" not in any_page
    assert not re.search(r"[:\s]url\(", any_page)


def test_the_login_page_says_who_may_come_and_leads_to_github(render: Render) -> None:
    page = Page(render("login.html"))

    assert "/hub/oauth_login?next=" in page.links
    assert "the organization geohackweek or the team participants-2027 of partners" in page.text


def test_the_login_page_says_what_happens_to_servers_and_files(render: Render) -> None:
    text = Page(render("login.html")).text

    assert "stopped after 60 minutes" in text
    assert "File → Log Out" in text
    assert "closes after 12 March 2027" in text
    assert "only the event's helpers can open your server" in text


def test_a_way_to_sign_in_with_a_password_keeps_its_form(render: Render, hackweek: Event) -> None:
    event = {**hub_settings(hackweek), "login": {"shared_password": {"admins": []}}}
    page = Page(
        render(
            "login.html", event=event, login_service="", username="", authenticator=SimpleNamespace(request_otp=False)
        )
    )

    assert "password" in page.forms[0].fields


def test_a_refused_person_learns_what_to_do(render: Render) -> None:
    page = Page(error(render, 403, exception=REFUSAL))

    assert "You are signed in at GitHub as mallory" in page.text
    assert "the organization geohackweek or the team participants-2027 of partners" in page.text
    assert "private membership is fine" in page.text
    assert {
        "https://github.com/logout",
        "https://github.com/orgs/geohackweek/invitation",
        "https://github.com/orgs/partners/invitation",
        "https://github.com/settings/connections/applications/Iv1.0",
        "/hub/login",
    } <= set(page.links)


def test_a_refused_persons_mail_to_the_organizers_names_the_account(render: Render) -> None:
    (mail, *_) = [link for link in Page(error(render, 403, exception=REFUSAL)).links if "subject=" in link]

    assert mail.endswith("mallory%20cannot%20sign%20in")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "not open to you"),
        (404, "nothing at this address"),
        (429, "All places are taken"),
        (500, "Something went wrong at the hub"),
        (503, "Something went wrong at the hub"),
    ],
)
def test_an_error_page_says_what_happened_and_where_to_go(render: Render, status: int, words: str) -> None:
    page = Page(error(render, status, message="The hub's own words."))

    assert words in page.text
    assert "The hub's own words." in page.text
    assert "/hub/home" in page.links
    assert f"error {status}" in page.text


def test_an_event_without_contact_says_to_ask_the_organizers(render: Render, hackweek: Event) -> None:
    event = {**hub_settings(hackweek), "contact": []}

    assert "tell the organizers" in Page(error(render, 500, event=event)).text


def test_the_waiting_page_says_that_it_moves_on_by_itself(render: Render) -> None:
    source = render("spawn_pending.html", user=SimpleNamespace(name="ada"), progress_url="/progress")

    assert "moves on by itself" in Page(source).text
    assert 'role="progressbar"' in source
    assert 'new EventSource("/progress")' in source
