"""The state of the lab's GitHub, and its limits for callers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lab.directory import Directory

# the usual hosts of a hub in the lab
LOOPBACK = ("127.0.0.1", "localhost")
CALLBACK_PATH = "/hub/oauth_callback"
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
UNKNOWN_CALLERS_LIMIT = 60
KNOWN_CALLERS_LIMIT = 5000
WINDOW_SECONDS = 3600
# https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#2-users-are-redirected-back-to-your-site-by-github
CODE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's consent, with its scopes."""

    person: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Token:
    """A consent, and the SAML organizations at which the person had a session then (names in lowercase)."""

    grant: Grant
    single_sign_on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """A code for a person's consent; good for one token until `expires` (seconds since 1970)."""

    token: Token
    redirect_uri: str
    challenge: str
    expires: float


@dataclass(slots=True)
class Window:
    """How many requests one caller has made in the current hour."""

    limit: int
    reset: float
    used: int = 0

    def headers(self) -> dict[str, str]:
        """The headers that GitHub sends with each answer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(self.limit - self.used, 0)),
            "x-ratelimit-used": str(min(self.used, self.limit)),
            "x-ratelimit-reset": str(int(self.reset)),
            "x-ratelimit-resource": "core",
        }


@dataclass(slots=True)
class Site:
    """The state of this GitHub. `callback_hosts` are the hosts of the OAuth app's registered callback URLs.

    A host stands for https; for plain http it is written `http://host`.
    """

    directory: Directory
    client_id: str
    client_secret: str
    callback_hosts: Collection[str] = LOOPBACK
    now: Callable[[], float] = time.time
    agreed: set[Grant] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    # the pairs of person and organization with a session at the organization's own sign-in
    single_sign_on: set[tuple[str, str]] = field(default_factory=set)
    windows: dict[str, Window] = field(default_factory=dict)

    def count(self, caller: str, limit: int) -> Window:
        """Count a caller's request; the window is over its limit if this request was one too many."""
        window = self.windows.get(caller)
        if window is None or window.reset <= self.now():
            window = self.windows[caller] = Window(limit, self.now() + WINDOW_SECONDS)
        window.used += 1
        return window

    def accepts(self, redirect_uri: str) -> bool:
        """Whether this is the app's callback URL or below it; a loopback address may have any port.

        https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls
        """
        try:
            place = urlsplit(redirect_uri)
            host, port = place.hostname or "", place.port
        except ValueError:
            return False
        if place.path != CALLBACK_PATH and not place.path.startswith(f"{CALLBACK_PATH}/"):
            return False
        if host in LOOPBACK:
            return host in self.callback_hosts
        if place.scheme == "http":
            return f"http://{host}" in self.callback_hosts and port in (None, 80)
        known = any(host == each or host.endswith(f".{each}") for each in self.callback_hosts)
        return known and port in (None, 443)

    def sign_on(self, person: str, organization: str) -> None:
        """Open a session at an organization's own sign-in."""
        self.single_sign_on.add((person, organization.lower()))

    def new_token(self, grant: Grant) -> Token:
        """A token that is valid for the organizations at which the person has a session now.

        https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/authorizing-an-app-for-single-sign-on
        """
        return Token(grant, frozenset(name for person, name in self.single_sign_on if person == grant.person))

    def revoke(self, person: str) -> None:
        """Revoke everything that a person has consented to."""
        self.agreed = {grant for grant in self.agreed if grant.person != person}
        self.tokens = {text: token for text, token in self.tokens.items() if token.grant.person != person}
