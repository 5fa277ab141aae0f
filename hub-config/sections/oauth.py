"""What sign-in with GitHub and with Google share: a failure of the provider or of the hub never reads as a refusal."""

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

# one question to GitHub or Google; somebody looks at a white page meanwhile
LIMITS = {"connect_timeout": 5.0, "request_timeout": 10.0}
LIMITED = (403, 429)
TOO_MANY = 429
UNAUTHORIZED = 401
ILL = 500
# the ends of a sign-in that a provider tells the hub by name, and what each means.
# GitHub: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
# and https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
# Google: https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
CAUSES = {
    "access_denied": "cancelled",
    "incorrect_client_credentials": "secret",
    "invalid_client": "secret",
    "unauthorized_client": "secret",
    # GitHub does not know the client id: https://github.com/octokit/auth-oauth-user.js/issues/239
    "Not Found": "secret",
    "redirect_uri_mismatch": "callback",
    "bad_verification_code": "again",
    "invalid_grant": "again",
    "unverified_user_email": "unverified",
    "application_suspended": "suspended",
    "org_internal": "internal",
    "admin_policy_enforced": "policy",
    "temporarily_unavailable": "ill",
    "server_error": "ill",
}
# 400: the person can go on; 503: somebody else must, or time
OF_THE_PERSON = ("cancelled", "again", "unverified")


class SignInTrouble(HTTPError):
    """Nobody was refused: something else ended the sign-in. sign_in_trouble.html has the words for each cause."""

    def __init__(self, cause: str, log: str, **about: Any) -> None:
        super().__init__(400 if cause in OF_THE_PERSON else 503, "%s", log)
        self.cause = cause
        self.about = about


class EventCallback(OAuthCallbackHandler):  # type: ignore[misc]
    """People come back from GitHub or Google to here."""

    def check_error(self) -> None:
        error = self.get_argument("error", "")
        if error:
            # anybody can make a link to here: what it says is logged, and only a name of an error is shown
            said = error if re.fullmatch(r"\w{1,40}", error) else "something unreadable"
            log = f"sign-in ended with {error!r}: {self.get_argument('error_description', '')!r}"
            raise SignInTrouble(CAUSES.get(error, "settings"), log, said=said)

    def check_code(self) -> None:
        try:
            super().check_code()
        except HTTPError as error:
            raise SignInTrouble("again", str(error.log_message)) from error

    def check_state(self) -> None:
        """Missing after a day, with cookies off, or where the sign-in began in another browser."""
        try:
            super().check_state()
        except HTTPError as error:
            raise SignInTrouble("again", str(error.log_message)) from error


class EventOAuth(EventPeople, OAuthenticator):  # type: ignore[misc]
    """For an authenticator of a provider: each of its answers is looked at before it is believed."""

    callback_handler = EventCallback

    async def httpfetch(
        self, url: str, label: str = "fetching", parse_json: bool = True, raise_error: bool = True, **kwargs: Any
    ) -> Any:
        """As the class's own, but for a provider that is ill, too busy, or does not answer.

        Raises:
            SignInTrouble: it says nothing about the person.
        """
        try:
            reply = await super().httpfetch(url, label, parse_json=False, raise_error=False, **kwargs)
        # ValueError: the connection was closed before its TLS began (tornado 6.6, IOStream.start_tls)
        except (HTTPClientError, OSError, ValueError) as error:
            raise SignInTrouble("ill", f"no answer while {label} {url}: {error}") from error
        if (seconds := wait_seconds(reply.code, reply.headers, body_of(reply), time.time())) is not None:
            raise SignInTrouble("busy", f"a limit is reached while {label} {url}", minutes=-(-seconds // 60))
        if reply.code >= ILL:
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
        """A code for a token.

        Raises:
            SignInTrouble: the provider gives none.
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
        said = str(answer.get("error_description") or error)
        cause = CAUSES.get(error, "settings")
        about = (
            f"{self.login_service} does not accept this hub's client id and secret" if cause == "secret" else "no token"
        )
        raise SignInTrouble(cause, f"{about}: {error}: {said}", said=said)

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """Who has signed in.

        Raises:
            SignInTrouble: the provider leaves out what they are called by.
        """
        user = await super().token_to_user(token_info)
        if not user.get(self.username_claim):
            raise SignInTrouble("ill", f"no {self.username_claim} in what was said of an account: {sorted(user)}")
        return dict(user)


def body_of(reply: Any) -> dict[str, Any]:
    """A JSON object; empty if it is none."""
    try:
        found = json.loads(reply.body or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def message_of(body: Mapping[str, Any]) -> str:
    """What a provider says of an error; empty if it says nothing. Google has it one level deeper than GitHub.

    https://docs.cloud.google.com/apis/design/errors#http_mapping
    """
    error = body.get("error")
    return str((error if isinstance(error, dict) else body).get("message") or "")


def unanswered(reply: Any, question: str) -> SignInTrouble:
    """An answer that says nothing about the person: a refusal of the hub if it has a reason, or else an illness."""
    log = f"status {reply.code} while {question}"
    if reply.code < ILL and (said := message_of(body_of(reply))):
        return SignInTrouble("settings", f"{log}: {said}", said=said)
    return SignInTrouble("ill", log, status=reply.code)


def wait_seconds(status: int, headers: Mapping[str, str], body: Mapping[str, Any], now: float) -> int | None:
    """How long a provider that is asked too much wants to be left alone; None if it is not.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    Google's words: https://github.com/jaredhanson/passport-google-oauth/issues/75
    """
    spent = headers.get("x-ratelimit-remaining") == "0"
    says_limit = "retry-after" in headers or "rate limit" in message_of(body).lower()
    if status not in LIMITED or not (status == TOO_MANY or spent or says_limit):
        return None
    if (seconds := headers.get("retry-after", "")).isdigit():
        return max(int(seconds), 1)
    if spent and (reset := headers.get("x-ratelimit-reset", "")).isdigit():
        return max(int(int(reset) - now), 1)
    return 60
