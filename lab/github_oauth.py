"""The OAuth of the lab's GitHub: a person's consent, and the token for it.

https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlencode, urlsplit

from tornado.web import HTTPError

from lab.github_pages import Page
from lab.github_state import CODE_SECONDS, Code, Grant
from lab.github_web import Handler

# the scopes that a hub may want:
# https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes
SCOPES = {"repo", "public_repo", "gist", "user", "read:user", "user:email", "admin:org", "write:org", "read:org"}
# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
WRONG_CLIENT = ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
WRONG_CALLBACK = (
    "redirect_uri_mismatch",
    "The redirect_uri MUST match the registered callback URL for this application.",
)
WRONG_CODE = ("bad_verification_code", "The code passed is incorrect or expired.")
# the text that people see: https://github.com/RedPlanetHQ/core/issues/231
FOREIGN_CALLBACK = "Be careful! The redirect_uri is not associated with this application."


class Authorize(Page):
    """The page that asks a person for consent; it asks once for each person and scope."""

    async def prepare(self) -> None:
        """Refuse what GitHub refuses before it asks the person."""
        if (fault := super().prepare()) is not None:
            await fault
            return
        if self.get_query_argument("client_id", "") != self.site.client_id:
            # https://github.com/src-d/code-annotation/issues/253
            raise HTTPError(404, reason="There is no OAuth app with this client id")
        if not self.site.accepts(self.get_query_argument("redirect_uri", "")):
            raise HTTPError(400, reason=FOREIGN_CALLBACK)
        if unknown := self._scopes() - SCOPES:
            self._go_back(
                error="invalid_scope",
                error_description=f"The scopes requested are invalid: {', '.join(sorted(unknown))}.",
            )

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
            # https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors#access-denied
            self._go_back(error="access_denied", error_description="The user has denied your application access.")
            return
        self.site.agreed.add(self._grant())
        self._go_back(code=self._new_code())

    def _scopes(self) -> frozenset[str]:
        return frozenset(self.get_query_argument("scope", "").replace(",", " ").split())

    def _grant(self) -> Grant:
        return Grant(self.current_user, self._scopes())

    def _new_code(self) -> str:
        code = secrets.token_hex(10)
        challenge = self.get_query_argument("code_challenge", "")
        expires = self.site.now() + CODE_SECONDS
        token = self.site.new_token(self._grant())
        self.site.codes[code] = Code(token, self.get_query_argument("redirect_uri"), challenge, expires)
        return code

    def _go_back(self, **answer: str) -> None:
        state = self.get_query_argument("state", "")
        self.redirect(self.get_query_argument("redirect_uri") + "?" + urlencode({**answer, "state": state}))


class AccessToken(Handler):
    """A token in exchange for a code. As on GitHub, a refusal has status 200, except for an unknown client id."""

    def check_xsrf_cookie(self) -> None:
        pass  # the hub sends no cookies

    def post(self) -> None:
        if self.get_body_argument("client_id", "") != self.site.client_id:
            # https://github.com/octokit/auth-oauth-user.js/issues/239
            self.set_status(404)
            self.finish({"error": "Not Found"})
            return
        callback = self.get_body_argument("redirect_uri", "")
        if not hmac.compare_digest(self.get_body_argument("client_secret", ""), self.site.client_secret):
            self._refuse(*WRONG_CLIENT)
        elif callback and not self.site.accepts(callback):
            self._refuse(*WRONG_CALLBACK)
        elif (code := self._code(callback)) is None:
            self._refuse(*WRONG_CODE)
        else:
            token = "gho_" + secrets.token_hex(18)
            self.site.tokens[token] = code.token
            scope = ",".join(sorted(code.token.grant.scopes))
            self.finish({"access_token": token, "token_type": "bearer", "scope": scope})

    def _code(self, callback: str) -> Code | None:
        code = self.site.codes.pop(self.get_body_argument("code", ""), None)
        if code is None or code.expires <= self.site.now():
            return None
        digest = hashlib.sha256(self.get_body_argument("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = (callback or code.redirect_uri) == code.redirect_uri
        return code if fits and (not code.challenge or hmac.compare_digest(proven, code.challenge)) else None

    def _refuse(self, error: str, description: str) -> None:
        self.finish({"error": error, "error_description": description})
