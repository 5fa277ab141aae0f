"""The hub's own pages: the templates of hub-config/templates, and JupyterHub's that are left as they are."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from tests.browser.case import Case, Shown, Stage
from tests.hub_config.rendered import REFUSAL, error, login_page
from tests.logins import LOGINS

# pages of JupyterHub that nobody gets here, and why
NEVER_SHOWN = {
    "accept-share.html": "nobody here may share a server",
    "logout.html": "the hub goes back to the sign-in page",
}
ADA = SimpleNamespace(name="ada", url="/user/ada/")
HELPER = SimpleNamespace(name="octocat", url="/user/octocat/")
SIGNED_IN: dict[str, Any] = {"user": ADA, "parsed_scopes": {"access:services": {}}, "url": "/hub/spawn"}
DOWN = "Your server appears to be down. Try restarting it <a href='/hub/home'>from the hub</a>"
NOTHING = {"status_code": 404, "status_message": "Not Found", "message": "", "exception": None}
# as hub-config/sections/choices.py makes it
SIZES = """<label for="size">Size of your server</label>
<select class="form-select" id="size" name="size" aria-describedby="size_help">
<option value="standard">standard: 4 GiB, 2 CPUs</option><option value="large">large: 8 GiB, 4 CPUs</option>
</select><p class="form-text" id="size_help">Not sure? Take standard. You can choose again whenever your server starts.</p>"""
OFF = SimpleNamespace(active=False, pending=None)
ON = SimpleNamespace(active=True, pending=None)
PROGRESS = "/hub/api/users/ada/server/progress"
NEWS = {
    "stop_notice": {"server": None, "clock": "17:40", "reason": "no work since 17:00"},
    "helpers_message": {"text": "Lunch is ready"},
    "ended_for_memory": True,
    "announcement": "The network is slow today.",
}
REFUSED = {
    "helpers only": (403, "Action is not authorized with current scopes; requires any of [admin-ui]"),
    "nothing": (404, "No access to resources or resources not found"),
    "old page": (403, "XSRF cookie does not match POST argument"),
    "no place": (429, "Active user limit exceeded. Try again in a few minutes."),
    "broken": (500, "Unhandled error starting server ada: Spawner failed to start [status=1]"),
}


def _page(name: str, template: str, first: str, *, picture: str = "", **given: Any) -> Case:
    return Case(name, template, lambda stage: stage.templates(template, **given), first, picture=picture)


def _home(name: str, server: SimpleNamespace, first: str, *, picture: str = "", **more: Any) -> Case:
    return _page(name, "home.html", first, picture=picture, **{**SIGNED_IN, "default_server": server, **more})


def _spawn(name: str, words: str | None, *, picture: str = "") -> Case:
    def make(stage: Stage) -> str:
        given = {**SIGNED_IN, "spawner_options_form": SIZES, "error_message": words}
        return stage.templates("spawn.html", **given, error_html_message=None)

    return Case(name, "spawn.html", make, "Start", picture=picture)


def _starting(name: str, first: str, said: str, step: dict[str, Any], *, picture: str = "") -> Case:
    def make(stage: Stage) -> Shown:
        # the browser asks for no further news while somebody looks
        news = f"retry: 600000\ndata: {json.dumps(step)}\n\n"
        html = stage.templates("spawn_pending.html", **SIGNED_IN, progress_url=PROGRESS)
        return Shown(html, {PROGRESS: ("text/event-stream", news)})

    return Case(name, "spawn_pending.html", make, first, said, picture=picture)


def _login(kind: str, first: str, *, picture: str = "", **more: Any) -> Case:
    name = f"sign in with {kind.replace('_', ' ')}{', once more' if more else ''}"
    return Case(name, "login.html", lambda stage: login_page(stage.templates, kind, **more), first, picture=picture)


def _error(name: str, status: int, first: str, *, kind: str = "github", picture: str = "", **more: Any) -> Case:
    def make(stage: Stage) -> str:
        event = {**stage.templates.settings, "login": {kind: LOGINS[kind]}}
        return error(stage.templates, status, event=event, **more)

    return Case(f"error {name}", "error.html", make, first, picture=picture)


def _refused(name: str, kind: str = "github", account: str = "mallory", *, picture: str = "", **about: Any) -> Case:
    refusal = SimpleNamespace(account=account, about={**REFUSAL.about, **about})
    first = "" if about.get("reserved") else "Try again"
    return _error(f"refused {name}", 403, first, kind=kind, picture=picture, exception=refusal)


def _trouble(cause: str, kind: str = "github") -> Case:
    trouble = SimpleNamespace(cause=cause, about={"minutes": 3, "status": 502, "said": "so"})
    return _error(f"sign-in {cause} at {kind}", 503, "Try again", kind=kind, exception=trouble)


OUR_WORDS = SimpleNamespace(jupyterhub_message="The image cannot be fetched: no space left.", is_start=True)
FAILED = {"failed": True, "failed_message": "No space: " + "x" * 200, "failed_html_message": ""}
TOKEN = SimpleNamespace(
    note="a script", scopes=["inherit"], api_id="a1", last_activity=None, created=None, expires_at=None
)
HUB_PAGES = (
    _login("github", "Sign in with GitHub", picture="The first page: sign in"),
    _login("google", "Sign in with Google"),
    _login("shared_password", "Sign in", picture="Sign in with the event's password"),
    _login("shared_password", "Sign in", login_error="Invalid username or password", username="Ada"),
    _login("system", "Sign in"),
    _page("guide", "guide.html", "To the sign-in page", picture="How to use the hub"),
    _home("home off", OFF, "Start my server"),
    _home("home on", ON, "Open JupyterLab", picture="Home: your server"),
    _home("home with news", ON, "Open JupyterLab", picture="Home, with what the helpers and the hub say", **NEWS),
    _spawn("sizes", None, picture="Choose the size of your server"),
    _spawn("sizes without room", REFUSED["no place"][1]),
    _starting(
        "server starts",
        "Do not start it",
        "Your image is unpacked",
        {"progress": 50, "message": "Your image is unpacked"},
        picture="Your server starts",
    ),
    _starting(
        "server did not start",
        "Start it once more",
        "Your server did not start",
        {"progress": 100, "failed": True, "message": "No space: " + "x" * 200},
        picture="A start that failed",
    ),
    _page(
        "server stopped",
        "not_running.html",
        "Start my server",
        picture="A server that was stopped",
        **SIGNED_IN,
        failed=False,
        spawn_url="/hub/spawn/ada",
    ),
    _page("server failed", "not_running.html", "Start it once more", **SIGNED_IN, **FAILED, spawn_url="/hub/spawn/ada"),
    _page("server stops", "stop_pending.html", "Look now", picture="A server stops", **SIGNED_IN),
    *(
        _error(
            name,
            status,
            "Try again" if status == 429 else "Open my server",
            user=ADA,
            message=words,
            picture="All places are taken" if status == 429 else "",
        )
        for name, (status, words) in REFUSED.items()
    ),
    _page("server silent", "error.html", "Open my server", **SIGNED_IN, status_code=503, message_html=DOWN),
    _error("stranger", 404, "Sign in", message=REFUSED["nothing"][1]),
    _error("of the start", 500, "Open my server", user=ADA, message=OUR_WORDS.jupyterhub_message, exception=OUR_WORDS),
    _refused("stranger", picture="Not on the event's list"),
    _refused("who hides all", blind=True),
    *(
        _refused(it, account="ada", standing=it, standings={"geohackweek": it, "partners:others": "not_in_team"})
        for it in ("single_sign_on", "invited", "unapproved", "not_in_team")
    ),
    _refused("at google", "google", "mallory@gmail.com"),
    _refused("at google, unverified", "google", "mallory@uni.example", unverified=True),
    _refused("reserved", reserved=True, no_name=False),
    *(_trouble(it) for it in ("cancelled", "again", "busy", "provider_failure", "secret", "unverified")),
    _trouble("policy", "google"),
    _page(
        "a helper's token",
        "token.html",
        "Request new API token",
        user=HELPER,
        picture="A helper's tokens, for programs",
        api_tokens=[TOKEN],
        oauth_clients=[],
        token_expires_in_options_html='<option value="3600">1 Hour</option>',
    ),
    _page(
        "permission",
        "oauth.html",
        "Open it",
        user=HELPER,
        picture="A helper opens somebody's server",
        oauth_client=SimpleNamespace(description="Server at /user/ada/", redirect_uri="/user/ada/oauth_callback"),
        scope_descriptions=[{"description": "Access ada's server.", "filter": ""}],
        allowed_scopes=["access:servers"],
    ),
    _page("page not found", "404.html", "Sign in", picture="An address without a page", **NOTHING),
)
