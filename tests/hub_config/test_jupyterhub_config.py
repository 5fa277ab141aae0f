"""The hub's settings, loaded as JupyterHub loads them. No hub is started here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dockerspawner import DockerSpawner  # type: ignore[import-untyped]
from jupyterhub.app import JupyterHub  # type: ignore[import-untyped]
from jupyterhub.proxy import ConfigurableHTTPProxy  # type: ignore[import-untyped]
from jupyterhub.spawner import SimpleLocalProcessSpawner, Spawner  # type: ignore[import-untyped]
from oauthenticator.github import GitHubOAuthenticator  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.lab.hub import LabHub

Load = Callable[..., Config]
CLASSES = {
    cls.__name__: cls
    for cls in (
        JupyterHub,
        ConfigurableHTTPProxy,
        GitHubOAuthenticator,
        Spawner,
        DockerSpawner,
        SimpleLocalProcessSpawner,
    )
}


def settings_that_do_not_exist(config: Config) -> list[str]:
    return [
        f"{section}.{trait}"
        for section, traits in config.items()
        for trait in traits
        if trait not in CLASSES[section].class_traits(config=True)
    ]


def test_every_setting_names_one_that_jupyterhub_knows(load: Load) -> None:
    assert settings_that_do_not_exist(load()) == []


@pytest.mark.hub
def test_every_setting_of_the_lab_names_one_that_jupyterhub_knows(lab_hub: LabHub) -> None:
    app = JupyterHub()
    app.load_config_file(str(lab_hub.state.parent / "hub-config" / "jupyterhub_config.py"))

    assert settings_that_do_not_exist(app.config) == []
    assert app.config.JupyterHub.public_url == lab_hub.url


def test_members_and_team_members_named_in_the_event_file_may_sign_in(load: Load) -> None:
    config = load()

    assert config.GitHubOAuthenticator.allowed_organizations == {"geohackweek", "partners:participants-2027"}


def test_a_private_membership_counts(load: Load) -> None:
    assert "read:org" in load().GitHubOAuthenticator.scope


def test_github_sends_people_back_to_the_events_own_address(load: Load) -> None:
    callback = load().GitHubOAuthenticator.oauth_callback_url

    assert callback == "https://hub.geohackweek.example.org/hub/oauth_callback"


def test_nobody_is_let_in_who_is_not_named(load: Load) -> None:
    authenticator = load().JupyterHub.authenticator_class(config=load())
    stranger: dict[str, Any] = {"name": "x", "admin": None, "auth_state": {"scope": []}}
    authenticator.allowed_organizations = set()

    assert not authenticator.allow_all
    assert not authenticator.allow_existing_users
    with pytest.raises(HTTPError) as refusal:
        asyncio.run(authenticator.check_allowed("x", stranger))
    assert refusal.value.status_code == 403


@pytest.mark.parametrize("kind", ["google", "shared_password", "system"])
def test_a_way_to_sign_in_that_is_not_furnished_stops_the_hub(load: Load, kind: str) -> None:
    with pytest.raises(SystemExit, match="can sign people in with `login: github` only"):
        load(lambda event: event.update(login={kind: {"admins": []}}))


def test_the_helpers_are_admins(load: Load) -> None:
    assert load().GitHubOAuthenticator.admin_users == {"octocat"}


def test_the_pages_say_the_last_day_in_words(load: Load) -> None:
    assert load().JupyterHub.template_vars["last_day"] == "12 March 2027"


def test_nobody_is_turned_away_for_arriving_at_nine_sharp(load: Load) -> None:
    config = load().JupyterHub

    assert config.concurrent_spawn_limit >= 61
    assert config.active_server_limit >= 61


def test_logging_out_stops_the_server_and_a_restart_of_the_hub_does_not(load: Load) -> None:
    config = load().JupyterHub

    assert config.shutdown_on_logout
    assert not config.cleanup_servers


def test_the_culler_stops_what_is_idle_and_may_do_nothing_else(load: Load) -> None:
    config = load().JupyterHub
    (service,) = config.services
    (role,) = config.load_roles

    assert "--timeout=3600" in service["command"]
    assert role["services"] == [service["name"]]
    assert role["scopes"] == ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def test_hub_and_proxy_api_are_closed_to_the_world(load: Load) -> None:
    config = load()

    assert config.JupyterHub.hub_ip not in ("", "0.0.0.0", "*")
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    assert config.ConfigurableHTTPProxy.api_url.startswith("http://127.0.0.1:")
    assert not config.ConfigurableHTTPProxy.should_start


def test_what_the_hub_must_remember_lies_on_the_home_volume(load: Load) -> None:
    config = load().JupyterHub

    assert config.db_url == "sqlite:////srv/pophub/jupyterhub.sqlite"
    assert config.cookie_secret_file == "/srv/pophub/cookie_secret"


def test_no_secret_is_set(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "CONFIGPROXY_AUTH_TOKEN"):
        monkeypatch.setenv(name, "hush-hush")
    config = load()

    assert "hush-hush" not in repr(config)
    assert not re.search(r"secret'|client_id|token", " ".join(f"{s}.{t!r}" for s in config for t in config[s]))
    assert GitHubOAuthenticator(config=config).client_secret == "hush-hush"


def test_the_organizers_own_settings_have_the_last_word(load: Load, hub_folder: Path) -> None:
    own = hub_folder / "config.d"
    own.mkdir()
    (own / "20-later.py").write_text("c.Spawner.cpu_limit = c.Spawner.cpu_limit + 1\n")
    (own / "10-first.py").write_text(
        "c.Spawner.cpu_limit = event['participants']\nc.JupyterHub.shutdown_on_logout = False\n"
    )
    (own / "notes.txt").write_text("not Python\n")
    config = load()

    assert config.Spawner.cpu_limit == 61
    assert config.JupyterHub.shutdown_on_logout is False


def test_a_mistake_in_the_organizers_own_settings_stops_the_hub(load: Load, hub_folder: Path) -> None:
    (hub_folder / "config.d").mkdir()
    (hub_folder / "config.d" / "10-typo.py").write_text("c.Spawner.cpu_limit = cpus\n")

    with pytest.raises(NameError):
        load()


def test_the_hub_needs_nothing_of_pophub(hub_folder: Path) -> None:
    source = (hub_folder / "jupyterhub_config.py").read_text()

    assert not re.search(r"^\s*(from|import) (pophub|stacks|scripts)", source, re.MULTILINE)
