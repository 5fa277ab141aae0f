"""Google's sign-in, as the OAuth client of a web server sees it: choose an account, consent, get the person's data.

https://developers.google.com/identity/protocols/oauth2/web-server and its pages on OpenID Connect. It has no passwords,
signs nothing, and asks for the account each time, as with `prompt=select_account`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from tornado.web import Application, HTTPError

from lab.fault_injection import FAULTS_PATH, FaultControl, FaultInjecting, fault_settings
from lab.github_pages import PAGES
from lab.github_state import CALLBACK_PATH, LOOPBACK
from lab.google_accounts import Account

EMAIL = "email"
SECONDS = 3599


@dataclass(frozen=True, slots=True)
class Code:
    """A code for a person's consent; good for one token."""

    account: Account
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str


@dataclass(slots=True)
class Site:
    """The state of this Google."""

    accounts: Sequence[Account]
    client_id: str
    client_secret: str
    callback_hosts: Collection[str] = LOOPBACK
    agreed: set[tuple[str, str]] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Code] = field(default_factory=dict)


def application(
    accounts: Sequence[Account], client_id: str, client_secret: str, callback_hosts: Collection[str] = LOOPBACK
) -> Application:
    """The site for one OAuth client, as a tornado application."""
    routes: list[Any] = [
        (r"/o/oauth2/v2/auth", Authorize),
        (r"/oauth2/v4/token", Token),
        (r"/oauth2/v1/userinfo", UserInfo),
        (FAULTS_PATH, FaultControl),
    ]
    # the hub is on the same host, and cookies ignore ports, so ours have names of their own
    return Application(
        routes,
        template_path=str(PAGES),
        xsrf_cookies=True,
        xsrf_cookie_name="lab_google_xsrf",
        site=Site(accounts, client_id, client_secret, callback_hosts),
        **fault_settings(client_secret),
    )


class Handler(FaultInjecting):
    """A handler that knows the site."""

    @property
    def site(self) -> Site:
        return self.settings["site"]  # type: ignore[no-any-return]


class Authorize(Handler):
    """The pages for people: choose an account, and consent."""

    async def prepare(self) -> None:
        """Refuse what Google refuses before it asks the person."""
        if (fault := super().prepare()) is not None:
            await fault
            return
        if self.get_query_argument("client_id", "") != self.site.client_id:
            raise HTTPError(401, reason="invalid_client: The OAuth client was not found")
        place = urlsplit(self.get_query_argument("redirect_uri", ""))
        # must be exactly the registered redirect URI; only the port is free, because the hub's is not known before
        if place.hostname not in self.site.callback_hosts or place.path != CALLBACK_PATH:
            # https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors-redirect-uri-mismatch
            raise HTTPError(400, reason="redirect_uri_mismatch")
        if self.get_query_argument("response_type", "") != "code":
            raise HTTPError(400, reason="invalid_request: response_type must be code")

    def get_template_namespace(self) -> dict[str, Any]:
        place = urlsplit(self.get_query_argument("redirect_uri", ""))
        return {**super().get_template_namespace(), "provider": "Google", "host": "google.com", "site": place.netloc}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        self.render("message.html", message=getattr(error, "reason", None) or f"{status_code}: {self._reason}")

    def get(self) -> None:
        self.render("choose.html", accounts=self.site.accounts)

    def post(self) -> None:
        person = self.get_body_argument("login", "") or self.get_body_argument("person", "")
        account = next((each for each in self.site.accounts if each.email == person), None)
        if account is None:
            raise HTTPError(400, reason="Couldn't find your Google Account")
        scope = self.get_query_argument("scope", "")
        match self.get_body_argument("decision", ""):
            case "authorize":
                self.site.agreed.add((person, scope))
            case "cancel":
                self._go_back(error="access_denied")
                return
        if (person, scope) in self.site.agreed:
            self._go_back(code=self._new_code(account), scope=scope)
        else:
            self.render("consent.html", person=person, scope=scope)

    def _new_code(self, account: Account) -> str:
        code = "4/" + secrets.token_urlsafe(20)
        scopes = frozenset(self.get_query_argument("scope", "").split())
        asked = [self.get_query_argument(name, "") for name in ("redirect_uri", "code_challenge")]
        self.site.codes[code] = Code(account, scopes, *asked)
        return code

    def _go_back(self, **answer: str) -> None:
        state = self.get_query_argument("state", "")
        self.redirect(self.get_query_argument("redirect_uri") + "?" + urlencode({**answer, "state": state}))


class Token(Handler):
    """A token in exchange for a code."""

    def check_xsrf_cookie(self) -> None:
        pass  # the hub sends no cookies

    def post(self) -> None:
        code = self.site.codes.pop(self.get_body_argument("code", ""), None)
        client = (self.get_body_argument("client_id", ""), self.get_body_argument("client_secret", ""))
        # the answers as seen in https://github.com/Edujugon/laravel-google-ads/issues/17
        # and https://github.com/teranetsrl/oauth2_client/issues/145
        if client[0] != self.site.client_id:
            self._refuse(HTTPStatus.UNAUTHORIZED, "invalid_client", "The OAuth client was not found.")
        elif client[1] != self.site.client_secret:
            self._refuse(HTTPStatus.UNAUTHORIZED, "invalid_client", "Unauthorized")
        elif self.get_body_argument("grant_type", "") != "authorization_code":
            self._refuse(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", "Invalid grant_type")
        elif code is None or not self._fits(code):
            self._refuse(HTTPStatus.BAD_REQUEST, "invalid_grant", "Malformed auth code.")
        else:
            token = "ya29." + secrets.token_urlsafe(20)
            self.site.tokens[token] = code
            scope = " ".join(sorted(code.scopes))
            self.finish({"access_token": token, "expires_in": SECONDS, "scope": scope, "token_type": "Bearer"})

    def _fits(self, code: Code) -> bool:
        digest = hashlib.sha256(self.get_body_argument("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same_place = self.get_body_argument("redirect_uri", "") == code.redirect_uri
        return same_place and (not code.challenge or hmac.compare_digest(proven, code.challenge))

    def _refuse(self, status: HTTPStatus, error: str, description: str) -> None:
        self.set_status(status)
        self.finish({"error": error, "error_description": description})


class UserInfo(Handler):
    """The person behind a token, as far as they consented."""

    def get(self) -> None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        agreed = self.site.tokens.get(token) if scheme.lower() == "bearer" else None
        if agreed is None:
            self.set_status(HTTPStatus.UNAUTHORIZED)
            self.finish({"error": {"code": 401, "status": "UNAUTHENTICATED"}})
            return
        account = agreed.account
        about: dict[str, Any] = {"id": str(1 + self.site.accounts.index(account))}
        if EMAIL in agreed.scopes:
            about |= {"email": account.email, "verified_email": account.verified}
            about |= {"hd": account.hd} if account.hd else {}
        self.finish(about)
