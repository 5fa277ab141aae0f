"""The hub's pages rendered as JupyterHub renders them, without a hub."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jupyterhub._data import DATA_FILES_PATH  # type: ignore[import-untyped]

from lab.plans import plan_of
from pophub.core.look import stylesheet
from pophub.organizer.deploy.bundle import hub_settings
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide_pages import as_json
from pophub.organizer.paths import HUB_CONFIG
from tests.logins import LOGINS

DATA = Path(DATA_FILES_PATH)
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
    about={
        "github_url": "https://github.com",
        "client_id": "Iv1.0",
        "organizations": ["geohackweek", "partners"],
        "standing": "not_a_member",
        "standings": {},
        "blind": False,
    },
)


class Noted(FileSystemLoader):
    """A folder of templates that notes which of them were used."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.used: set[str] = set()

    def get_source(self, environment: Environment, template: str) -> Any:
        found = super().get_source(environment, template)
        self.used.add(template)
        return found


class Templates:
    """Calling it renders a template of ours, or one of JupyterHub's own, with what JupyterHub gives to it."""

    def __init__(self, event: Event) -> None:
        self.ours, self.original = Noted(HUB_CONFIG / "templates"), Noted(DATA / "templates")
        loader = ChoiceLoader([PrefixLoader({"templates": self.original}), self.ours, self.original])
        self._environment = Environment(loader=loader, autoescape=True)
        self.settings = hub_settings(plan_of(event))
        self._about = {
            "event": self.settings,
            "guide": as_json(plan_of(event)),
            "last_day": "12 March 2027",
            "server_minutes": 60,
            "look": stylesheet(event.branding.colour or ""),
        }

    def __call__(self, name: str, **more: Any) -> str:
        return self._environment.get_template(name).render({**EVERY_PAGE, **self._about, **more})


def error(render: Templates, status: int, **more: Any) -> str:
    given = {"status_code": status, "status_message": "", "message": "", "message_html": "", "exception": None}
    return render("error.html", **{**given, **more})


def login_page(render: Templates, kind: str, **more: Any) -> str:
    """The page of an event with another way to sign in; `access` is the helpers' to servers."""
    settings = render.settings
    server = {**settings["server"], "admin_access": more.pop("access", False)}
    event = {**settings, "login": {kind: LOGINS[kind]}, "server": server}
    return render("login.html", event=event, **{"username": "", "login_error": None, **more})
