"""The pages and the sign-in of a GitHub: who are you, may the hub know, and a token for it. It has no passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tornado.web import Application, HTTPError, RequestHandler

from pophub.lab.directory import Directory
from pophub.lab.github_api import API_ROUTES, Grant

PAGES = Path(__file__).with_name("sign_in_pages")
# where a hub of the lab mostly is
LOOPBACK = ("127.0.0.1", "localhost")
# GitHub's own words: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
WRONG_CLIENT = ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
WRONG_CODE = ("bad_verification_code", "The code passed is incorrect or expired.")


@dataclass(frozen=True, slots=True)
class Code:
    """What a person agreed to; good for one token."""

    grant: Grant
    redirect_uri: str
    challenge: str


@dataclass(slots=True)
class Site:
    """All that this GitHub knows and remembers."""

    directory: Directory
    client_id: str
    client_secret: str
    callback_hosts: Collection[str] = LOOPBACK
    agreed: set[Grant] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)


def application(
    directory: Directory, client_id: str, client_secret: str, callback_hosts: Collection[str] = LOOPBACK
) -> Application:
    """The site for one OAuth app, as a tornado application."""
    site = Site(directory, client_id, client_secret, callback_hosts)
    routes: list[Any] = [
        (r"/login", Login),
        (r"/session", Session),
        (r"/logout", Logout),
        (r"/login/oauth/authorize", Authorize),
        (r"/login/oauth/access_token", AccessToken),
        *API_ROUTES,
    ]
    # the hub is on the same host, and cookies do not know ports: ours have names of their own
    return Application(
        routes,
        default_handler_class=Unknown,
        template_path=str(PAGES),
        xsrf_cookies=True,
        xsrf_cookie_name="lab_github_xsrf",
        site=site,
        directory=site.directory,
        grants=site.grants,
    )


class Page(RequestHandler):
    """A page for people."""

    @property
    def site(self) -> Site:
        return self.settings["site"]  # type: ignore[no-any-return]

    def get_current_user(self) -> str | None:
        person = self.get_cookie("lab_github_user")
        return person if person in self.site.directory.people else None

    def return_to(self) -> str:
        """Where to go on; only places of this site."""
        place = self.get_argument("return_to", "/login")
        return place if place.startswith("/") and not place.startswith("//") else "/login"

    def get_template_namespace(self) -> dict[str, Any]:
        return {**super().get_template_namespace(), "provider": "GitHub", "host": "github.com"}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        self.render("message.html", message=getattr(error, "reason", None) or f"{status_code}: {self._reason}")


class Unknown(Page):
    """Whatever else there is at the real one."""

    def prepare(self) -> None:
        raise HTTPError(404, reason="The lab has no such page")


class Login(Page):
    """Choose who you are."""

    def get(self) -> None:
        self.render("login.html", directory=self.site.directory, return_to=self.return_to())


class Session(Page):
    """Be somebody."""

    def post(self) -> None:
        person = self.get_argument("login")
        if person not in self.site.directory.people:
            raise HTTPError(422, reason="Nobody here has this name")
        self.set_cookie("lab_github_user", person, httponly=True, samesite="Lax")
        self.redirect(self.return_to())


class Logout(Page):
    """Be nobody."""

    def get(self) -> None:
        self.clear_cookie("lab_github_user")
        self.redirect("/login?" + urlencode({"return_to": self.return_to()}))


class Authorize(Page):
    """Let the hub know who you are; asked once a person and scope."""

    def prepare(self) -> None:
        """Refuse what GitHub refuses before it asks anybody anything."""
        if self.get_query_argument("client_id", "") != self.site.client_id:
            raise HTTPError(404, reason="There is no OAuth app with this client id")
        if urlsplit(self.get_query_argument("redirect_uri", "")).hostname not in self.site.callback_hosts:
            raise HTTPError(400, reason="The redirect_uri does not belong to this OAuth app")

    def get(self) -> None:
        if self.current_user is None:
            self.redirect("/login?" + urlencode({"return_to": self.request.uri or "/"}))
        elif self._grant() in self.site.agreed:
            self._go_back(code=self._new_code())
        else:
            self.render(
                "authorize.html",
                person=self.current_user,
                scope=self.get_query_argument("scope", ""),
                site=urlsplit(self.get_query_argument("redirect_uri")).netloc,
                here=self.request.uri,
            )

    def post(self) -> None:
        if self.current_user is None:
            raise HTTPError(403, reason="Sign in first")
        if self.get_body_argument("decision") != "authorize":
            self._go_back(error="access_denied", error_description="The user has denied your application access.")
            return
        self.site.agreed.add(self._grant())
        self._go_back(code=self._new_code())

    def _grant(self) -> Grant:
        scopes = self.get_query_argument("scope", "").replace(",", " ").split()
        return Grant(self.current_user, frozenset(scopes))

    def _new_code(self) -> str:
        code = secrets.token_hex(10)
        challenge = self.get_query_argument("code_challenge", "")
        self.site.codes[code] = Code(self._grant(), self.get_query_argument("redirect_uri"), challenge)
        return code

    def _go_back(self, **answer: str) -> None:
        state = self.get_query_argument("state", "")
        self.redirect(self.get_query_argument("redirect_uri") + "?" + urlencode({**answer, "state": state}))


class AccessToken(Page):
    """A code for a token. As at GitHub, a refusal comes with status 200."""

    def check_xsrf_cookie(self) -> None:
        pass  # the hub has no cookies

    def post(self) -> None:
        code = self.site.codes.pop(self.get_body_argument("code", ""), None)
        client = (self.get_body_argument("client_id", ""), self.get_body_argument("client_secret", ""))
        if client != (self.site.client_id, self.site.client_secret):
            self._refuse(*WRONG_CLIENT)
        elif code is None or not self._fits(code):
            self._refuse(*WRONG_CODE)
        else:
            token = "gho_" + secrets.token_hex(18)
            self.site.grants[token] = code.grant
            self.finish({"access_token": token, "token_type": "bearer", "scope": ",".join(sorted(code.grant.scopes))})

    def _fits(self, code: Code) -> bool:
        digest = hashlib.sha256(self.get_body_argument("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same_place = self.get_body_argument("redirect_uri", code.redirect_uri) == code.redirect_uri
        return same_place and (not code.challenge or hmac.compare_digest(proven, code.challenge))

    def _refuse(self, error: str, description: str) -> None:
        self.finish({"error": error, "error_description": description})
