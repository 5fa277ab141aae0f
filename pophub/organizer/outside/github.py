"""What GitHub says about an event's sign-in before anything is deployed. Nobody needs to sign in for it.

`examine` asks everything at once. GITHUB_URL in the environment names another GitHub than
github.com; the hub uses the same variable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from pophub.organizer.outside.github_limits import limit_in_words
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

URL = "https://github.com"
API_URL = "https://api.github.com"
OK, UNAUTHORIZED, NOT_FOUND = 200, 401, 404
MOVED = (301, 307, 308)
MADE_UP_CODE = "pophub-asks-whether-id-and-secret-are-right"
# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
WRONG_CODE, WRONG_CLIENT, WRONG_CALLBACK = (
    "bad_verification_code",
    "incorrect_client_credentials",
    "redirect_uri_mismatch",
)
CREDENTIALS = "OAuth app's id and secret"
CALLBACK = "OAuth app's callback URL"
APP_SETTINGS = "GitHub → the organization → Settings → Developer settings → OAuth Apps"


@dataclass(frozen=True, slots=True)
class GitHubSite:
    """`app`, if correct, raises GitHub's limit from 60 requests an hour to 5000; `token` makes teams visible."""

    url: str = URL
    app: Credentials | None = None
    token: str = ""

    @property
    def api(self) -> str:
        """The address of this GitHub's REST API."""
        return API_URL if self.url == URL else f"{self.url}/api/v3"

    def organization(self, name: str) -> Answer:
        """Whether an organization of this name exists."""
        subject = f"organization {name}"
        reply = self.api_reply(f"/orgs/{name}")
        if reply.status == OK:
            return yes(subject, f"{self.url}/{name} is there")
        if reply.status in MOVED:
            return no(
                subject, f"{name} has got another name", f"look at {self.url}/{name}, and write its name of today"
            )
        if self.api_reply(f"/users/{name}").status == OK:
            return no(subject, f"{name} is a person's account", "name an organization in `login.github.allow`")
        return no(subject, f"GitHub has no organization {name}", f"correct `login.github.allow`, or create {name}")

    def team(self, organization: str, team: str) -> Answer:
        """Whether a team of this name exists. GitHub shows teams only to members of the organization.

        https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility
        """
        subject, page = f"team {organization}:{team}", f"{self.url}/orgs/{organization}/teams/{team}"
        if not self.token:
            hint = f"open {page} as a member, or have it asked: GH_TOKEN=$(gh auth token)"
            return unknown(subject, "GitHub shows teams to members of the organization only", hint)
        if self.api_reply(f"/orgs/{organization}/teams/{team}", as_person=True).status == OK:
            return yes(subject, f"{page} is there")
        own = self.api_reply(f"/user/memberships/orgs/{organization}", as_person=True).json
        if own.get("role") == "admin":
            return no(subject, f"{organization} has no team {team}", f"correct `login.github.allow`, or create {page}")
        return unknown(subject, "no such team is visible to you: it is secret, or not there", f"ask an owner: {page}")

    def account(self, name: str) -> Answer:
        """Whether a helper's account exists and belongs to a person."""
        subject = f"account {name}"
        reply = self.api_reply(f"/users/{name}")
        if reply.status == NOT_FOUND:
            return no(subject, f"GitHub has no account {name}", "correct `login.github.admins`")
        if reply.json.get("type") == "Organization":
            return no(subject, f"{name} is an organization", "name people in `login.github.admins`")
        return yes(subject, f"{self.url}/{name} is there")

    def credentials(self) -> Answer:
        """Whether the OAuth app's id and secret are correct: GitHub's error about an invented code shows it."""
        if self.app is None:
            return unknown(CREDENTIALS, NO_CREDENTIALS, "set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET")
        answer = self._exchange(self.app)
        if answer == WRONG_CODE:
            return yes(CREDENTIALS, "GitHub accepts them")
        if answer == WRONG_CLIENT and self._knows_id(self.app):
            hint = f"make a new secret ({APP_SETTINGS}), and set GITHUB_CLIENT_SECRET to it"
            return no(CREDENTIALS, "GitHub knows the client id, but the secret is not its own", hint)
        if answer in (WRONG_CLIENT, "Not Found", f"status {NOT_FOUND}"):
            hint = f"copy GITHUB_CLIENT_ID from {APP_SETTINGS}; it is not the secret"
            return no(CREDENTIALS, "GitHub has no OAuth app with this client id", hint)
        return unknown(CREDENTIALS, f"GitHub answers: {answer}")

    def callback(self, domain: str) -> Answer:
        """Whether GitHub sends people back to the hub. A second request shows whether GitHub checks the address at all."""
        address = f"https://{domain}/hub/oauth_callback"
        if self.app is None:
            return unknown(CALLBACK, NEEDS_CREDENTIALS, f"it must be {address}")
        if self._exchange(self.app, address) == WRONG_CALLBACK:
            hint = f"set the Authorization callback URL to {address} ({APP_SETTINGS})"
            return no(CALLBACK, f"the app's callback URL is not {address}", hint)
        if self._exchange(self.app, FOREIGN_CALLBACK) == WRONG_CALLBACK:
            return yes(CALLBACK, f"GitHub sends people back to {address}")
        return unknown(CALLBACK, "GitHub did not say which callback URL the app has", f"it must be {address}")

    def approval(self, organization: str) -> Answer:
        """Whether the organization lets our app see its members. Only its owners can see that.

        An app that the organization owns needs no approval:
        https://docs.github.com/en/organizations/managing-oauth-access-to-your-organizations-data/about-oauth-app-access-restrictions
        """
        policy = f"{self.url}/organizations/{organization}/settings/oauth_application_policy"
        hint = f"an owner looks at {policy}, or makes the app in {organization} itself, which needs no approval"
        return unknown(f"approval by {organization}", "only owners see whether the app is approved", hint)

    def single_sign_on(self, organization: str) -> Answer:
        """Whether members need a session at the organization's own sign-in (SAML); that is not an error.

        https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/about-authentication-with-single-sign-on
        """
        subject, page = f"single sign-on of {organization}", f"{self.url}/orgs/{organization}/sso"
        reply = ask(page)
        if reply.status == NOT_FOUND:
            return unknown(subject, "GitHub shows none to a stranger", f"a member sees it at {page}")
        if reply.status == OK or f"/orgs/{organization}/saml" in reply.headers.get("location", ""):
            hint = f"tell your participants to open {page} before they sign in to the hub for the first time"
            return yes(subject, f"{organization} has a sign-in of its own", hint)
        return unknown(subject, "GitHub does not say whether there is one", f"a member sees it at {page}")

    def api_reply(self, place: str, *, as_person: bool = False) -> Reply:
        """The reply to one question of the REST API, asked as the OAuth app or with the person's token.

        Raises:
            Silent: GitHub does not answer, refuses the credentials, or allows no more questions now.
        """
        reply = ask(self.api + place, basic=None if as_person else self.app, token=self.token if as_person else "")
        if (trouble := limit_in_words(reply)) is not None:
            silent(trouble)
        if reply.status == UNAUTHORIZED:
            silent("GitHub does not accept the token" if as_person else "GitHub does not accept the id and secret")
        return reply

    def _exchange(self, app: Credentials, callback: str = "") -> str:
        """GitHub's error code for an invented OAuth code."""
        form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": MADE_UP_CODE}
        reply = ask(f"{self.url}/login/oauth/access_token", form | ({"redirect_uri": callback} if callback else {}))
        if (trouble := limit_in_words(reply)) is not None:
            silent(trouble)
        return str(reply.json.get("error") or f"status {reply.status}")

    def _knows_id(self, app: Credentials) -> bool:
        """Whether the client id exists: GitHub then redirects to its sign-in page, and answers 404 for an unknown id."""
        return ask(f"{self.url}/login/oauth/authorize?client_id={app.client_id}").status != NOT_FOUND


def site_from(environ: Mapping[str, str]) -> GitHubSite:
    """The GitHub, the OAuth app and the person's token that the environment names."""
    url = (environ.get("GITHUB_URL") or URL).rstrip("/")
    pair = [environ.get(name, "").strip() for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET")]
    token = environ.get("GH_TOKEN") or environ.get("GITHUB_TOKEN") or ""
    return GitHubSite(
        url if urlsplit(url).scheme else f"https://{url}", Credentials(*pair) if all(pair) else None, token
    )


def examine(allow: Sequence[str], admins: Sequence[str], domain: str, environ: Mapping[str, str]) -> tuple[Answer, ...]:
    """Everything that can be known about an event's sign-in with GitHub, in two rounds of at most five seconds."""
    site = site_from(environ)
    app = answer_all([Question(CREDENTIALS, site.credentials)])
    if app[0].kind is not AnswerKind.YES:
        site = GitHubSite(site.url, None, site.token)
    entries = [entry.partition(":") for entry in allow]
    names = dict.fromkeys(organization for organization, _, _ in entries)
    questions = [Question(CALLBACK, partial(site.callback, domain))]
    for name in names:
        questions += [
            Question(f"organization {name}", partial(site.organization, name)),
            Question(f"approval by {name}", partial(site.approval, name)),
            Question(f"single sign-on of {name}", partial(site.single_sign_on, name)),
        ]
    questions += [Question(f"team {name}:{team}", partial(site.team, name, team)) for name, _, team in entries if team]
    questions += [Question(f"account {name}", partial(site.account, name)) for name in admins]
    return app + answer_all(questions)
