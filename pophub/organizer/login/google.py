"""Google as a login provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pophub.organizer.event.login import Google, listed
from pophub.organizer.login.provider import LoginProvider, Promise, WhoQuestion
from pophub.organizer.outside import google
from pophub.organizer.outside.provider import Answer


class GoogleLogin(LoginProvider[Google]):
    """Accounts of Google Workspace domains."""

    secrets_source = (
        "make an OAuth client (Google Cloud console → APIs & Services → Credentials; a web application) with "
        "the redirect URI {url}/hub/oauth_callback"
    )
    question = WhoQuestion(
        "domains",
        "Google Workspace domains whose accounts may sign in (commas between several)",
        key="hosted_domain",
        placeholder="not-yet-known.example",
    )

    def people(self) -> str:
        return f"Google accounts of {listed(self.settings.hosted_domain, 'or')}"

    def before(self) -> Iterator[Promise]:
        yield "google_account", f"Have your Google account of {' or '.join(self.settings.hosted_domain)} at hand."

    def first_sign_in(self, url: str) -> Iterator[Promise]:
        yield "google_button", f"Open {url}, press “Sign in with Google” and choose that account."

    def examine(self, domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
        return google.examine(self.settings, domain, environ)
