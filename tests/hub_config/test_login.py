"""The ways to sign in as settings: who is meant, who is refused, and who is never anything more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from jupyterhub.utils import maybe_future  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.organizer.event.login import Login
from tests.logins import LOGINS

Load = Callable[..., Config]
PASSWORDS = {"SHARED_PASSWORD": "eight888", "ADMIN_PASSWORD": "a" * 32}
GOOGLE = {"hosted_domain": ["uni.example", "lab.example"], "create_users": False, "admins": ["Grace@uni.example"]}


def authenticator(config: Config) -> Any:
    return config.JupyterHub.authenticator_class(config=config)


def with_login(load: Load, **way: dict[str, Any]) -> Any:
    return authenticator(load(lambda event: event.update(login=way)))


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=LOGINS)
def any_way(request: pytest.FixtureRequest, load: Load, passwords: None) -> Any:
    written = Login.model_validate({request.param: LOGINS[request.param]})
    return with_login(load, **written.model_dump(mode="json", exclude_none=True))


def test_an_open_hub_is_impossible_whatever_the_way(any_way: Any) -> None:
    assert not any_way.allow_all
    assert not any_way.allow_existing_users
    assert any_way.allowed_users == set()


def test_nobody_is_made_an_admin_by_signing_in_whatever_the_way(any_way: Any) -> None:
    async def is_admin() -> object:
        return await maybe_future(any_way.is_admin(None, {"name": "grace"}))

    assert any_way.admin_users == set()
    assert asyncio.run(is_admin()) is None


def test_helpers_may_sign_in_whatever_the_way(any_way: Any) -> None:
    assert any_way.helpers == {"grace"}
    assert asyncio.run(any_way.check_allowed("grace", {"name": "grace", "admin": None}))


def test_members_and_team_members_named_in_the_event_file_may_sign_in(load: Load) -> None:
    assert authenticator(load()).allowed_organizations == {"geohackweek", "partners:participants-2027"}


def test_a_private_membership_counts(load: Load) -> None:
    assert "read:org" in authenticator(load()).scope


@pytest.mark.parametrize("way", [{"github": {"allow": ["x"], "create_users": False, "admins": []}}, {"google": GOOGLE}])
def test_people_are_sent_back_to_the_events_own_address(load: Load, way: dict[str, Any]) -> None:
    callback = with_login(load, **way).oauth_callback_url

    assert callback == "https://hub.geohackweek.example.org/hub/oauth_callback"


def test_a_member_of_nothing_is_refused(load: Load) -> None:
    github = authenticator(load())
    stranger: dict[str, Any] = {"name": "x", "admin": None, "auth_state": {"scope": []}}
    github.allowed_organizations = set()

    with pytest.raises(HTTPError) as refusal:
        asyncio.run(github.check_allowed("x", stranger))
    assert refusal.value.status_code == 403


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ({"email": "Ada@uni.example", "hd": "uni.example"}, "ada"),
        ({"email": "ada@lab.example", "hd": "lab.example"}, "ada@lab.example"),
        # a private account with an address of the university is somebody else
        ({"email": "ada@uni.example"}, "ada@uni.example"),
        ({"email": "ada@lab.example", "hd": "uni.example"}, "ada@lab.example"),
    ],
)
def test_two_accounts_of_google_never_have_one_name(load: Load, account: dict[str, str], name: str) -> None:
    assert with_login(load, google=GOOGLE).user_info_to_username(account) == name


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SHARED_PASSWORD": "seven77"}, "at least 8 characters"),
        ({"ADMIN_PASSWORD": "a" * 31}, "at least 32 characters"),
        ({"SHARED_PASSWORD": "a" * 32}, "cannot be the same"),
        ({"SHARED_PASSWORD": None}, "no SHARED_PASSWORD"),
        ({"ADMIN_PASSWORD": None}, "no ADMIN_PASSWORD"),
    ],
)
def test_passwords_that_are_no_good_stop_the_hub_and_are_not_told(
    load: Load, passwords: None, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], words: str
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)

    with pytest.raises(SystemExit, match=words) as stop:
        with_login(load, shared_password={"admins": []})
    assert not [value for value in changed.values() if value and value in str(stop.value)]


@pytest.mark.parametrize(
    ("name", "password", "is_right"),
    [
        ("ada", "eight888", True),
        ("ada", "eight88", False),
        ("ada", "", False),
        ("ada", "ächt8888", False),
        ("ada", "a" * 32, False),
        ("grace", "a" * 32, True),
        ("Grace", "eight888", False),
    ],
)
def test_a_helpers_name_takes_the_helpers_password_only(
    load: Load, passwords: None, name: str, password: str, is_right: bool
) -> None:
    shared = with_login(load, shared_password={"admins": ["grace"]})
    found = asyncio.run(shared.authenticate(None, {"username": name, "password": password}))

    assert found == (name.lower() if is_right else None)


@pytest.mark.parametrize("name", ["../ada", "ada lovelace", "", "-ada", "a" * 65, "ada/x", "%2e%2e"])
def test_a_made_up_name_that_is_no_home_is_refused(load: Load, passwords: None, name: str) -> None:
    shared = with_login(load, shared_password={"admins": []})

    assert asyncio.run(shared.get_authenticated_user(None, {"username": name, "password": "eight888"})) is None
