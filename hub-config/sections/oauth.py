"""Shared by the login providers with OAuth: a failure of the provider or of the hub must not look like a refusal."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthenticator  # type: ignore[import-untyped]
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from sections.people import EventPeople

# one request to the provider, while the person sees an empty page
LIMITS = {"connect_timeout": 5.0, "request_timeout": 10.0}
RATE_LIMIT_CODES = (403, 429)
TOO_MANY = 429
UNAUTHORIZED = 401
SERVER_ERROR = 500
# error names that every provider sends at the end of a sign-in, and what each one means:
# https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and https://www.rfc-editor.org/rfc/rfc6749#section-5.2
# redirect_uri_mismatch is GitHub's and Google's
CAUSES = {
    "access_denied": "cancelled",
    "invalid_client": "secret",
    "unauthorized_client": "secret",
    "redirect_uri_mismatch": "callback",
    "invalid_grant": "again",
    "temporarily_unavailable": "provider_failure",
    "server_error": "provider_failure",
}
# causes with status 400: the person can solve them; all others have 503: somebody else must, or it takes time
OF_THE_PERSON = ("cancelled", "again", "unverified")


class SignInTrouble(HTTPError):
    """The sign-in failed, but the person was not refused. sign_in_trouble.html or the login's template explains each cause."""

    def __init__(self, cause: str, log: str, **about: Any) -> None:
        super().__init__(400 if cause in OF_THE_PERSON else 503, "%s", log)
        self.cause = cause
        self.about = about


class EventCallback(OAuthCallbackHandler):  # type: ignore[misc]
    """The address to which a provider sends people back."""

    def check_error(self) -> None:
        error = self.get_argument("error", "")
        if error:
            # anybody can make a link to this address: log what it says, but show only the name of an error
            text = error if re.fullmatch(r"\w{1,40}", error) else "something unreadable"
            log = f"sign-in ended with {error!r}: {self.get_argument('error_description', '')!r}"
            raise SignInTrouble(self.authenticator.causes.get(error, "settings"), log, answer=text)

    def check_code(self) -> None:
        try:
            super().check_code()
        except HTTPError as error:
            raise SignInTrouble("again", str(error.log_message)) from error

    def check_state(self) -> None:
        """The state is missing after a day, without cookies, or if the sign-in began in another browser."""
        try:
            super().check_state()
        except HTTPError as error:
            raise SignInTrouble("again", str(error.log_message)) from error


class EventOAuth(EventPeople, OAuthenticator):  # type: ignore[misc]
    """For a provider's authenticator: checks each of the provider's answers before it is used."""

    callback_handler = EventCallback
    causes: Mapping[str, str] = CAUSES

    async def httpfetch(
        self, url: str, label: str = "fetching", parse_json: bool = True, raise_error: bool = True, **kwargs: Any
    ) -> Any:
        """Like the parent class, but recognizes a provider that fails, is too busy, or does not answer.

        Raises:
            SignInTrouble: the answer contains nothing about the person.
        """
        try:
            reply = await super().httpfetch(url, label, parse_json=False, raise_error=False, **kwargs)
        # ValueError: the connection was closed before its TLS began (tornado 6.6, IOStream.start_tls)
        except (HTTPClientError, OSError, ValueError) as error:
            raise SignInTrouble("provider_failure", f"no answer while {label} {url}: {error}") from error
        if (seconds := wait_seconds(reply.code, reply.headers, body_of(reply), time.time())) is not None:
            raise SignInTrouble("busy", f"a limit is reached while {label} {url}", minutes=-(-seconds // 60))
        if reply.code >= SERVER_ERROR:
            raise unanswered(reply, f"{label} {url}")
        if raise_error and reply.code == UNAUTHORIZED:
            raise SignInTrouble("again", f"the token is refused while {label} {url}")
        if raise_error and reply.code >= 400:
            raise unanswered(reply, f"{label} {url}")
        if not parse_json:
            return reply
        if not (body := body_of(reply)):
            raise unanswered(reply, f"{label} {url}")
        return body

    async def get_token_info(self, handler: Any, params: Mapping[str, str]) -> dict[str, Any]:
        """Exchange the code for a token.

        Raises:
            SignInTrouble: the provider gives no token.
        """
        reply = await self.httpfetch(
            self.token_url,
            "exchanging the code",
            parse_json=False,
            raise_error=False,
            method="POST",
            headers=self.build_token_info_request_headers(),
            body=urlencode(params).encode(),
            validate_cert=self.validate_server_cert,
        )
        answer = body_of(reply)
        if "access_token" in answer:
            return answer
        if not answer:
            raise unanswered(reply, f"exchanging the code at {self.token_url}")
        error = str(answer.get("error"))
        text = str(answer.get("error_description") or error)
        cause = self.causes.get(error, "settings")
        about = (
            f"{self.login_service} does not accept this hub's client id and secret" if cause == "secret" else "no token"
        )
        raise SignInTrouble(cause, f"{about}: {error}: {text}", answer=text)

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """The account of the person who has signed in.

        Raises:
            SignInTrouble: the provider's answer lacks the user name.
        """
        user = await super().token_to_user(token_info)
        if not user.get(self.username_claim):
            raise SignInTrouble(
                "provider_failure", f"no {self.username_claim} in the data of an account: {sorted(user)}"
            )
        return dict(user)


def body_of(reply: Any) -> dict[str, Any]:
    """The JSON object in an answer; empty if there is none."""
    try:
        found = json.loads(reply.body or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def message_of(body: Mapping[str, Any]) -> str:
    """The provider's error message; empty if there is none. Google nests it one level deeper than GitHub.

    https://docs.cloud.google.com/apis/design/errors#http_mapping
    """
    error = body.get("error")
    return str((error if isinstance(error, dict) else body).get("message") or "")


def unanswered(reply: Any, question: str) -> SignInTrouble:
    """The error for an answer without anything about the person: a wrong setting if it gives a reason, else a failure."""
    log = f"status {reply.code} while {question}"
    if reply.code < SERVER_ERROR and (text := message_of(body_of(reply))):
        return SignInTrouble("settings", f"{log}: {text}", answer=text)
    return SignInTrouble("provider_failure", log, status=reply.code)


def wait_seconds(status: int, headers: Mapping[str, str], body: Mapping[str, Any], now: float) -> int | None:
    """The seconds to wait after a provider's rate limit was reached; None if it was not.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    Google's message: https://github.com/jaredhanson/passport-google-oauth/issues/75
    """
    spent = headers.get("x-ratelimit-remaining") == "0"
    says_limit = "retry-after" in headers or "rate limit" in message_of(body).lower()
    if status not in RATE_LIMIT_CODES or not (status == TOO_MANY or spent or says_limit):
        return None
    if (seconds := headers.get("retry-after", "")).isdigit():
        return max(int(seconds), 1)
    if spent and (reset := headers.get("x-ratelimit-reset", "")).isdigit():
        return max(int(int(reset) - now), 1)
    return 60
