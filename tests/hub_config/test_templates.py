"""What the pages that participants see say; tests/browser/test_every_page.py looks at them."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from pophub.hub.rehearsal.pages import Page
from pophub.organizer.event.event import Event
from tests.hub_config.rendered import REFUSAL, Templates, error, login_page
from tests.logins import LOGINS, OAUTH


@pytest.fixture(scope="session")
def render(hackweek: Event) -> Templates:
    return Templates(hackweek)


@pytest.fixture(
    params=[
        *LOGINS,
        "login.html",
        "error.html",
        "404.html",
        "spawn_pending.html",
        "home.html",
        "logout.html",
        "not_admitted",
    ]
)
def any_page(request: pytest.FixtureRequest, render: Templates) -> str:
    server = {"user": SimpleNamespace(name="ada"), "default_server": SimpleNamespace(active=False, pending=None)}
    match request.param:
        case "not_admitted":
            return error(render, 403, exception=REFUSAL)
        case "spawn_pending.html" | "home.html":
            return render(request.param, progress_url="/hub/api/users/ada/server/progress", **server)
        case kind if kind in LOGINS:
            return login_page(render, kind)
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


def home(render: Templates, **server: Any) -> str:
    return render("home.html", user=SimpleNamespace(name="ada"), url="/there", default_server=SimpleNamespace(**server))


def buttons(source: str) -> list[str]:
    """Those of the page itself, in order."""
    _, _, page = source.partition("<main")
    found = re.findall(r'<(?:a role="button"|button type="button")[^>]*>([^<]*)<', page.partition("</main>")[0])
    return [words.strip() for words in found]


@pytest.mark.parametrize(
    ("server", "heading", "offered"),
    [
        ({"active": False, "pending": None}, "Your server is not running", ["Start my server"]),
        ({"active": True, "pending": None}, "Your server is running", ["Open JupyterLab", "Stop my server"]),
        ({"active": True, "pending": "spawn"}, "Your server is running", ["Open JupyterLab", "Stop my server"]),
        ({"active": True, "pending": "stop"}, "Your server is stopping", ["Start my server"]),
    ],
)
def test_home_leads_to_jupyterlab_first_and_says_when_the_sessions_are(
    render: Templates, server: dict[str, Any], heading: str, offered: list[str]
) -> None:
    source = home(render, **server)

    assert heading in Page(source).text
    assert buttons(source) == offered
    assert "btn-danger" not in source
    assert "/there" in Page(source).links
    assert "Monday 1 March 2027 to Friday 5 March 2027, each day from 09:00 to 17:30." in Page(source).text


def test_an_event_with_another_start_page_has_no_button_that_speaks_of_jupyterlab(
    render: Templates,
) -> None:
    settings = render.settings
    event = {**settings, "server": {**settings["server"], "default_url": "/rstudio"}}
    running = SimpleNamespace(active=True, pending=None)

    source = render("home.html", user=SimpleNamespace(name="ada"), url="/there", default_server=running, event=event)
    assert buttons(source) == ["Open my server", "Stop my server"]


@pytest.mark.parametrize(
    ("failed", "heading", "button"),
    [
        (False, "Your server is not running", "Start my server"),
        (True, "Your server did not start", "Start it once more"),
    ],
)
def test_a_server_that_does_not_run_is_started_by_the_words_of_the_home_page(
    render: Templates, failed: bool, heading: str, button: str
) -> None:
    source = render(
        "not_running.html",
        user=SimpleNamespace(name="ada"),
        failed=failed,
        failed_message="No room.",
        spawn_url="/spawn",
    )
    text = Page(source).text

    assert heading in text
    assert ("nobody used it for 60 minutes" in text) is not failed
    assert ("No room." in text) is failed
    assert buttons(source) == [button]
    assert "/spawn" in Page(source).links


def test_tokens_are_offered_to_helpers_only(render: Templates) -> None:
    person = {"user": SimpleNamespace(name="ada"), "default_server": SimpleNamespace(active=False, pending=None)}
    helpers = Page(render("home.html", parsed_scopes={"admin-ui": {}}, **person))

    assert "/hub/token" not in Page(render("home.html", **person)).links
    assert {"/hub/token", "/services/helpers/"} <= set(helpers.links)


REFUSED_TO_HELPERS = ("#shutdown-button", "#admin-check", 'a[href$="/groups"]')


@pytest.mark.parametrize("access", [False, True])
def test_others_servers_are_hidden_on_the_admin_page_unless_the_event_opens_them(
    render: Templates, access: bool
) -> None:
    settings = render.settings
    event = {**settings, "server": {**settings["server"], "admin_access": access}}
    page = render("admin.html", event=event, user=SimpleNamespace(name="octocat", url="/user/octocat/"))

    assert "src=/hub/static/js/admin-react.js" in page
    assert (':not([href="/user/octocat/"])' in page) is not access
    assert all((rule in page) is not access for rule in REFUSED_TO_HELPERS)
    assert "organizers@geohackweek.example.org" in page


def test_the_login_page_says_who_may_come_and_leads_to_github(render: Templates) -> None:
    page = Page(render("login.html"))

    assert "/hub/oauth_login?next=" in page.links
    assert "the organization geohackweek or the team participants-2027 of partners" in page.text


def test_the_login_page_says_what_happens_to_servers_and_files(render: Templates) -> None:
    text = Page(render("login.html")).text

    assert "stopped after 60 minutes" in text
    assert "File → Log Out" in text
    assert "closes after 12 March 2027" in text


@pytest.mark.parametrize("kind", LOGINS)
def test_the_login_page_says_who_can_open_servers(render: Templates, kind: str) -> None:
    closed, opened = (Page(login_page(render, kind, access=access)).text for access in (False, True))

    assert "event's helpers can open your server" not in closed
    assert "event's helpers can open your server" in opened
    assert ("yours alone" in closed) is (kind != "shared_password")


def test_the_login_page_leads_to_google_with_an_account_of_the_domains(render: Templates) -> None:
    page = Page(login_page(render, "google"))

    assert "Sign in with Google" in page.text
    assert "your account of uni.example or lab.example" in page.text
    assert "/hub/oauth_login?next=" in page.links


@pytest.mark.parametrize(
    ("kind", "words"),
    [("shared_password", "The one that the organizers have told you."), ("system", "Your account on the machine")],
)
def test_a_way_with_a_password_has_a_form_and_says_which_password(render: Templates, kind: str, words: str) -> None:
    page = Page(login_page(render, kind, xsrf="a proof", authenticator_login_url="/hub/login?next="))

    assert page.forms[0].action == "/hub/login?next="
    assert page.forms[0].fields == {"_xsrf": "a proof", "username": "", "password": ""}
    assert words in page.text


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("shared_password", "Ada", "Helpers have a password of their own."),
        ("shared_password", '"><script>', "A user name has only letters from a to z"),
        ("system", "ada", "if you have lost yours"),
    ],
)
def test_who_mistypes_a_password_keeps_the_name_and_learns_what_may_be_wrong(
    render: Templates, kind: str, name: str, words: str
) -> None:
    told = {"login_error": "Invalid username or password", "username": name}
    source = login_page(render, kind, **told)
    text = Page(source).text

    assert "The user name or the password is not right." in text
    assert words in text
    assert ("only letters" in text) is ("only letters" in words)
    assert Page(source).forms[0].fields["username"] == name
    assert '"><script>' not in source


def test_the_login_page_says_how_long_a_server_may_run(render: Templates) -> None:
    settings = render.settings
    event = {**settings, "idle": {**settings["idle"], "server_max_hours": 12}}

    assert "12 hours at most" in Page(render("login.html", event=event)).text
    assert "hours at most" not in Page(render("login.html")).text


def test_a_refused_person_learns_what_to_do(render: Templates) -> None:
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


@pytest.mark.parametrize(
    ("about", "words"),
    [({}, "Choose the one of uni.example or lab.example"), ({"unverified": True}, "Confirm your address")],
)
def test_a_person_refused_with_google_learns_what_to_do(render: Templates, about: dict[str, bool], words: str) -> None:
    event = {**render.settings, "login": {"google": LOGINS["google"]}}
    refusal = SimpleNamespace(account="mallory@gmail.com", about=about)
    page = Page(error(render, 403, exception=refusal, event=event))

    assert "You are signed in at Google as mallory@gmail.com" in page.text
    assert words in page.text
    assert "/hub/login" in page.links


@pytest.mark.parametrize(
    ("about", "words"),
    [({}, "has an account root of its own"), ({"no_name": True}, "root cannot be the name of one: it has at most 32")],
)
def test_a_name_that_nobody_can_have_is_explained(render: Templates, about: dict[str, bool], words: str) -> None:
    refusal = SimpleNamespace(account="root", about={"reserved": True, **about})
    text = Page(error(render, 403, exception=refusal)).text

    assert words in text
    assert "Nobody can have this name here" in text
    assert "organizers@geohackweek.example.org" in text


def test_a_refused_persons_mail_to_the_organizers_names_the_account(render: Templates) -> None:
    (mail, *_) = [link for link in Page(error(render, 403, exception=REFUSAL)).links if "subject=" in link]

    assert mail.endswith("mallory%20cannot%20sign%20in")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "not open to you"),
        (404, "nothing at this address"),
        (500, "Something went wrong at the hub"),
        (503, "Something went wrong at the hub"),
    ],
)
def test_an_error_page_says_what_happened_and_where_to_go(render: Templates, status: int, words: str) -> None:
    page = Page(error(render, status, message="The hub's own words.", user=SimpleNamespace(name="ada")))
    stranger = Page(error(render, status, message="The hub's own words."))

    assert words in page.text
    assert "The hub's own words." not in page.text
    assert "ada Logout" in page.text
    assert "Logout" not in stranger.text
    assert "/hub/home" in page.links
    assert "/hub/login" in stranger.links
    assert "/hub/home" not in stranger.links
    assert f"error {status}" in page.text


def test_what_the_event_itself_refuses_is_said_in_its_own_words(render: Templates) -> None:
    closed = SimpleNamespace(jupyterhub_message="Nearly all of the budget is spent.")

    assert (
        closed.jupyterhub_message in Page(error(render, 403, message=closed.jupyterhub_message, exception=closed)).text
    )


FULL = "Active user limit exceeded. Try again in a few minutes."


def test_who_finds_no_place_is_told_what_to_do(render: Templates) -> None:
    source = error(render, 429, message=FULL, user=SimpleNamespace(name="ada"))
    text = Page(source).text

    assert "All places are taken at this moment" in text
    assert "67 servers run" in text
    assert "File → Log Out" in text
    assert "after 60 minutes" in text
    assert "ask a helper" in text
    assert "limit exceeded" not in text
    assert 'href="/hub/spawn">Try again</a>' in source


def test_who_finds_no_place_for_a_server_of_their_choice_is_told_the_same(render: Templates) -> None:
    form = {"spawner_options_form": "<b>sizes</b>", "url": "/hub/spawn", "error_html_message": None}
    full = Page(render("spawn.html", error_message=FULL, **form)).text
    other = Page(render("spawn.html", error_message="No such size.", **form)).text

    assert "67 servers run" in full
    assert "limit exceeded" not in full
    assert "Error: No such size." in other
    assert "Choose the size of your server" in other
    assert "servers run" not in other


def test_a_page_that_is_too_old_says_to_reload_it(render: Templates) -> None:
    text = Page(error(render, 403, message="XSRF cookie does not match POST argument")).text

    assert "This page is old" in text
    assert "Copy what is not saved, then reload it" in text
    assert "XSRF" not in text


def test_somebody_elses_server_is_nothing_at_this_address(render: Templates) -> None:
    text = Page(error(render, 404, message="No access to resources or resources not found")).text

    assert "There is nothing at this address" in text
    assert "resources" not in text


def test_a_page_for_helpers_says_so_in_plain_words(render: Templates) -> None:
    words = "Action is not authorized with current scopes; requires any of [admin-ui]"
    text = Page(error(render, 403, message=words)).text

    assert "Only the event's helpers can open this page" in text
    assert "scopes" not in text


@pytest.mark.parametrize("standing", ["single_sign_on", "invited", "unapproved", "not_in_team"])
def test_what_github_says_of_each_organization_is_told(render: Templates, standing: str) -> None:
    standings = {"geohackweek": standing, "partners:participants-2027": "not_in_team"}
    refusal = SimpleNamespace(account="ada", about={**REFUSAL.about, "standing": standing, "standings": standings})
    text = Page(error(render, 403, exception=refusal)).text

    assert "add ada to the team" in text
    assert "Is ada the account you gave" not in text


def test_a_hub_that_may_see_no_organization_says_so(render: Templates) -> None:
    refusal = SimpleNamespace(account="ada", about={**REFUSAL.about, "blind": True})

    assert "Let the hub see your organizations" in Page(error(render, 403, exception=refusal)).text


CAUSES = [
    ("cancelled", "You pressed Cancel at"),
    ("again", "The sign-in did not finish"),
    ("busy", "is asked too often just now"),
    ("provider_failure", "does not answer just now"),
    ("secret", "not set up right"),
    ("callback", "not set up right"),
    ("settings", "not set up right"),
]
OWN_CAUSES = [
    ("github", "unverified", "Verify your mail address"),
    ("github", "suspended", "not set up right"),
    ("google", "internal", "Google does not let this account in"),
    ("google", "policy", "Google does not let this account in"),
]


@pytest.mark.parametrize(
    ("kind", "cause", "heading"), [*((kind, *each) for kind in OAUTH for each in CAUSES), *OWN_CAUSES]
)
def test_a_sign_in_that_fails_says_what_it_was_and_is_begun_again_by_the_first_button(
    render: Templates, kind: str, cause: str, heading: str
) -> None:
    event = {**render.settings, "login": {kind: LOGINS[kind]}}
    trouble = SimpleNamespace(cause=cause, about={"minutes": 3, "answer": "so"})
    source = error(render, 503, exception=trouble, event=event)
    page = Page(source)
    (button,) = re.findall(r'role="button"[^>]*>([^<]*)<', source)

    assert heading in page.text
    assert button == "Try again"
    assert "organizers@geohackweek.example.org" in page.text
    assert "list" not in page.text


def test_an_event_without_contact_says_to_ask_the_organizers(render: Templates) -> None:
    event = {**render.settings, "contact": []}

    assert "tell the organizers" in Page(error(render, 500, event=event)).text


def test_the_waiting_page_says_that_it_moves_on_by_itself(render: Templates) -> None:
    source = render("spawn_pending.html", user=SimpleNamespace(name="ada"), progress_url="/progress")

    assert "moves on by itself" in Page(source).text
    assert 'role="progressbar"' in source
    assert 'new EventSource("/progress")' in source
