"""The whole site of the lab's GitHub as one web application. It has no passwords."""

from __future__ import annotations

from typing import Any

from tornado.web import Application

from lab.fault_injection import FAULTS_PATH, FaultControl, fault_settings
from lab.github_members import API_ROUTES
from lab.github_oauth import AccessToken, Authorize
from lab.github_pages import PAGES, Connection, Login, Logout, Session, SingleSignOn, Unknown
from lab.github_state import Site


def application(site: Site) -> Application:
    """The site for one OAuth app, as a tornado application."""
    routes: list[Any] = [
        (r"/login", Login),
        (r"/session", Session),
        (r"/logout", Logout),
        (r"/login/oauth/authorize", Authorize),
        (r"/login/oauth/access_token", AccessToken),
        (r"/orgs/([^/]+)/sso", SingleSignOn),
        (r"/settings/connections/applications/([^/]+)", Connection),
        *API_ROUTES,
        (FAULTS_PATH, FaultControl),
    ]
    # the hub is on the same host, and cookies ignore ports, so ours have names of their own
    return Application(
        routes,
        default_handler_class=Unknown,
        template_path=str(PAGES),
        xsrf_cookies=True,
        xsrf_cookie_name="lab_github_xsrf",
        site=site,
        **fault_settings(site.client_secret),
    )
