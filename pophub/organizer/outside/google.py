"""What Google says about an event's sign-in before anything is deployed. Nobody needs to sign in for it.

`examine` asks everything at once. GOOGLE_API_URL in the environment names another Google than
googleapis.com (the hub uses the same variable), and GOOGLE_ACCOUNTS_URL its sign-in page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

from pophub.organizer.outside.provider import (
    FOREIGN_CALLBACK,
    NEEDS_CREDENTIALS,
    NO_CREDENTIALS,
    Answer,
    AnswerKind,
    Credentials,
    Question,
    Reply,
    answer_all,
    ask,
    no,
    silent,
    unknown,
    yes,
)

API_URL = "https://www.googleapis.com"
ACCOUNTS_URL = "https://accounts.google.com"
MADE_UP_CODE = "4/pophub-asks-whether-id-and-secret-are-right"
TROUBLE, TOO_MANY = 500, 429
WRONG_CALLBACK = "redirect_uri_mismatch"
CREDENTIALS = "OAuth client's id and secret"
CALLBACK = "OAuth client's redirect URI"
CLIENTS = "https://console.cloud.google.com/auth/clients"


@dataclass(frozen=True, slots=True)
class GoogleSite:
    """The addresses of Google, and the OAuth client."""

    api: str = API_URL
    accounts: str = ACCOUNTS_URL
    client: Credentials | None = None

    def credentials(self) -> Answer:
        """Whether id and secret are correct: Google checks them before it checks the code.

        https://developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code
        """
        if self.client is None:
            return unknown(CREDENTIALS, NO_CREDENTIALS, "set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET")
        form = {
            "client_id": self.client.client_id,
            "client_secret": self.client.client_secret,
            "code": MADE_UP_CODE,
            "grant_type": "authorization_code",
            "redirect_uri": FOREIGN_CALLBACK,
        }
        reply = _answered(ask(f"{self.api}/oauth2/v4/token", form))
        error, description = (str(reply.json.get(key, "")) for key in ("error", "error_description"))
        if error in ("invalid_grant", WRONG_CALLBACK):
            return yes(CREDENTIALS, "Google accepts them")
        # observed answers: https://github.com/Edujugon/laravel-google-ads/issues/17
        # https://github.com/teranetsrl/oauth2_client/issues/145
        if error == "invalid_client" and "not found" in description:
            hint = f"copy GOOGLE_CLIENT_ID from {CLIENTS}; it ends in .apps.googleusercontent.com"
            return no(CREDENTIALS, "Google has no OAuth client with this id", hint)
        if error in ("invalid_client", "unauthorized_client"):
            hint = f"make a new secret at {CLIENTS}, for a client of the type Web application"
            return no(CREDENTIALS, "Google does not accept the secret of this client id", hint)
        return unknown(CREDENTIALS, f"Google answers: {error or f'status {reply.status}'}")

    def callback(self, domain: str) -> Answer:
        """Whether Google sends people back to the hub. A second request shows whether Google checks the address at all."""
        address = f"https://{domain}/hub/oauth_callback"
        if self.client is None:
            return unknown(CALLBACK, NEEDS_CREDENTIALS, f"it must be {address}")
        if self._refuses(address, self.client):
            hint = f"add {address} to the authorized redirect URIs of the client ({CLIENTS}), and wait five minutes"
            return no(CALLBACK, f"{address} is not one of the client's redirect URIs", hint)
        if self._refuses(FOREIGN_CALLBACK, self.client):
            return yes(CALLBACK, f"Google sends people back to {address}")
        return unknown(CALLBACK, "Google did not say which redirect URIs the client has", f"it must be {address}")

    def _refuses(self, address: str, client: Credentials) -> bool:
        """Whether Google refuses the address: its page says so, or a redirect's `authError`, which is the error in base64."""
        query = {
            "client_id": client.client_id,
            "redirect_uri": address,
            "response_type": "code",
            "scope": "openid email",
        }
        reply = _answered(ask(f"{self.accounts}/o/oauth2/v2/auth?{urlencode(query)}"))
        error = parse_qs(urlsplit(reply.headers.get("location", "")).query).get("authError", [""])[0]
        return WRONG_CALLBACK.encode() in reply.body or WRONG_CALLBACK.encode() in _decoded(error)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
    except binascii.Error:
        return b""


def _answered(reply: Reply) -> Reply:
    if reply.status >= TROUBLE:
        silent(f"Google is in trouble (status {reply.status}); https://www.google.com/appsstatus may say more")
    if reply.status == TOO_MANY:
        silent("Google is asked too often from here; again in a minute")
    return reply


def site_from(environ: Mapping[str, str]) -> GoogleSite:
    """The Google and the OAuth client that the environment names."""
    pair = [environ.get(name, "").strip() for name in ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")]
    api = (environ.get("GOOGLE_API_URL") or API_URL).rstrip("/")
    accounts = environ.get("GOOGLE_ACCOUNTS_URL") or (ACCOUNTS_URL if api == API_URL else api)
    return GoogleSite(api, accounts.rstrip("/"), Credentials(*pair) if all(pair) else None)


def examine(domains: Sequence[str], domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
    """Everything that can be known about an event's sign-in with Google. Google does not say which domains are Workspace's."""
    site = site_from(environ)
    first = answer_all([Question(CREDENTIALS, site.credentials)])
    if first[0].kind is AnswerKind.NO and "no OAuth client" in first[0].words:
        site = GoogleSite(site.api, site.accounts)
    hosted = tuple(
        unknown(f"Workspace domain {name}", "Google tells nobody which domains it hosts", "ask your IT department")
        for name in domains
    )
    return (*first, *answer_all([Question(CALLBACK, partial(site.callback, domain))]), *hosted)
