"""The pages of the lab's GitHub for people: choose who you are, single sign-on, and the granted consents."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.web import HTTPError

from lab.directory import Organization
from lab.github_web import Handler

PAGES = Path(__file__).with_name("sign_in_pages")


class Page(Handler):
    """A page for people."""

    def get_current_user(self) -> str | None:
        person = self.get_cookie("lab_github_user")
        return person if person in self.site.directory.people else None

    def return_to(self) -> str:
        """The page to continue with; only pages of this site."""
        place = self.get_argument("return_to", "/login")
        return place if place.startswith("/") and not place.startswith("//") else "/login"

    def sign_in_first(self) -> None:
        """Redirect to the sign-in page, and come back here afterwards."""
        self.redirect("/login?" + urlencode({"return_to": self.request.uri or "/"}))

    def get_template_namespace(self) -> dict[str, Any]:
        return {**super().get_template_namespace(), "provider": "GitHub", "host": "github.com"}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        self.render("message.html", message=getattr(error, "reason", None) or f"{status_code}: {self._reason}")


class Unknown(Page):
    """Every other path of the real site."""

    def prepare(self) -> None:
        raise HTTPError(404, reason="The lab has no such page")


class Login(Page):
    """Choose who you are."""

    def get(self) -> None:
        self.render("login.html", directory=self.site.directory, return_to=self.return_to())


class Session(Page):
    """Sign in as a person."""

    def post(self) -> None:
        person = self.get_argument("login")
        if person not in self.site.directory.people:
            raise HTTPError(422, reason="Nobody here has this name")
        self.set_cookie("lab_github_user", person, httponly=True, samesite="Lax")
        self.redirect(self.return_to())


class Logout(Page):
    """Sign out."""

    def get(self) -> None:
        self.clear_cookie("lab_github_user")
        self.redirect("/login?" + urlencode({"return_to": self.return_to()}))


class SingleSignOn(Page):
    """An organization's own sign-in.

    https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/about-authentication-with-single-sign-on
    """

    def organization(self, name: str) -> Organization:
        """The organization of this address.

        Raises:
            HTTPError: 404, the organization has no sign-in of its own.
        """
        organization = self.site.directory.find(name)
        if organization is None or not organization.saml:
            raise HTTPError(404, reason="This organization has no single sign-on")
        return organization

    def get(self, name: str) -> None:
        organization = self.organization(name)
        if self.current_user is None:
            self.sign_in_first()
            return
        self.render("single_sign_on.html", organization=organization.name)

    def post(self, name: str) -> None:
        organization = self.organization(name)
        if self.current_user is None:
            raise HTTPError(403, reason="Sign in first")
        self.site.sign_on(self.current_user, organization.name)
        self.redirect(f"/settings/connections/applications/{self.site.client_id}")


class Connection(Page):
    """The consent that a person has given; it can be revoked.

    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#directing-users-to-review-their-access
    """

    def get(self, client_id: str) -> None:
        if client_id != self.site.client_id:
            raise HTTPError(404, reason="There is no such app")
        if self.current_user is None:
            self.sign_in_first()
            return
        agreed = any(grant.person == self.current_user for grant in self.site.agreed)
        organizations = [each.name for each in self.site.directory.organizations if each.has(self.current_user)]
        self.render("connection.html", agreed=agreed, organizations=organizations)

    def post(self, client_id: str) -> None:
        if self.current_user is None:
            raise HTTPError(403, reason="Sign in first")
        self.site.revoke(self.current_user)
        self.redirect(f"/settings/connections/applications/{client_id}")
