"""What the lab's GitHub knows and remembers, and how much it lets a caller ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lab.directory import Directory

# where a hub of the lab mostly is
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
    """Who has agreed to what."""

    person: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Token:
    """A grant, and the SAML organizations whose sign-in was open when it was made (their names in small letters)."""

    grant: Grant
    single_sign_on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """What a person agreed to; good for one token until `expires`."""

    token: Token
    redirect_uri: str
    challenge: str
    expires: float


@dataclass(slots=True)
class Window:
    """How much one caller has asked in the running hour."""

    limit: int
    reset: float
    used: int = 0

    def headers(self) -> dict[str, str]:
        """What GitHub sends with each answer."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(self.limit - self.used, 0)),
            "x-ratelimit-used": str(min(self.used, self.limit)),
            "x-ratelimit-reset": str(int(self.reset)),
            "x-ratelimit-resource": "core",
        }


@dataclass(slots=True)
class Site:
    """All that this GitHub knows and remembers. `callback_hosts` are those of the OAuth app's registered callbacks.

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
    # who has signed in at which organization's own sign-in
    single_sign_on: set[tuple[str, str]] = field(default_factory=set)
    windows: dict[str, Window] = field(default_factory=dict)

    def count(self, caller: str, limit: int) -> Window:
        """Count a question of a caller's; the window is over its limit when the question was one too many."""
        window = self.windows.get(caller)
        if window is None or window.reset <= self.now():
            window = self.windows[caller] = Window(limit, self.now() + WINDOW_SECONDS)
        window.used += 1
        return window

    def accepts(self, redirect_uri: str) -> bool:
        """Whether this is the app's callback or below it; a loopback address may have any port.

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
        """Good for the organizations whose sign-in is open now.

        https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/authorizing-an-app-for-single-sign-on
        """
        return Token(grant, frozenset(name for person, name in self.single_sign_on if person == grant.person))

    def revoke(self, person: str) -> None:
        """Take back all that somebody has agreed to."""
        self.agreed = {grant for grant in self.agreed if grant.person != person}
        self.tokens = {text: token for text, token in self.tokens.items() if token.grant.person != person}
