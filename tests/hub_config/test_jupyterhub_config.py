"""The hub's settings, loaded as JupyterHub loads them. No hub is started here."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_events import EventLogger
from jupyterhub.app import JupyterHub  # type: ignore[import-untyped]
from jupyterhub.proxy import ConfigurableHTTPProxy  # type: ignore[import-untyped]
from jupyterhub.spawner import SimpleLocalProcessSpawner  # type: ignore[import-untyped]
from oauthenticator.github import GitHubOAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from lab.hub import LabHub
from pophub.core.contract import PROXY_TOKEN, TERMS_FILE

Load = Callable[..., Config]
LOGINS: dict[str, dict[str, Any]] = {
    "github": {"allow": ["geohackweek"], "create_users": True, "admins": ["Octocat"]},
    "google": {"hosted_domain": ["uni.example"], "create_users": False, "admins": ["octocat@uni.example"]},
    "shared_password": {"admins": ["octocat"]},
    "system": {"create_users": True, "admins": ["octocat"]},
}


def settings_that_do_not_exist(config: Config) -> list[str]:
    chosen = (config.JupyterHub.authenticator_class, config.JupyterHub.spawner_class)
    classes = [JupyterHub, ConfigurableHTTPProxy, EventLogger, SimpleLocalProcessSpawner]
    classes += [each for each in chosen if isinstance(each, type)]
    known = {cls.__name__: cls for each in classes for cls in each.mro()}
    # for all, and read where servers are containers
    absent = {"DockerSpawner", "Container"} - known.keys()
    return [
        f"{section}.{trait}"
        for section, traits in config.items()
        for trait in traits
        if section not in absent and trait not in known[section].class_traits(config=True)
    ]


@pytest.mark.parametrize("kind", LOGINS)
def test_every_setting_names_one_that_jupyterhub_knows(load: Load, kind: str) -> None:
    assert settings_that_do_not_exist(load(lambda event: event.update(login={kind: LOGINS[kind]}))) == []


@pytest.mark.hub
def test_every_setting_of_the_lab_names_one_that_jupyterhub_knows(lab_hub: LabHub) -> None:
    app = JupyterHub()
    app.load_config_file(str(lab_hub.state.parent / "hub-config" / "jupyterhub_config.py"))

    assert settings_that_do_not_exist(app.config) == []
    assert app.config.JupyterHub.public_url == lab_hub.url


def test_the_pages_say_the_last_day_in_words(load: Load) -> None:
    assert load().JupyterHub.template_vars["last_day"] == "12 March 2027"


def test_the_pages_say_the_idle_time_that_applies(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = load().JupyterHub.template_vars["server_minutes"]
    terms = tmp_path / TERMS_FILE
    monkeypatch.setattr(sys.modules["sections.watch"], "TERMS", terms)

    assert minutes(None) == 60
    # as from 90 % of the budget on
    terms.write_text('{"server_idle": 1800}')
    assert minutes(None) == 30


def test_nobody_is_turned_away_for_arriving_at_nine_sharp(load: Load) -> None:
    config = load().JupyterHub

    # 60 participants, one helper, and six whom nobody has counted
    assert (config.concurrent_spawn_limit, config.active_server_limit) == (67, 67)


def test_logging_out_stops_the_server_and_a_restart_of_the_hub_does_not(load: Load) -> None:
    config = load().JupyterHub

    assert config.shutdown_on_logout
    assert not config.cleanup_servers


def test_hub_and_proxy_api_are_closed_to_the_world(load: Load) -> None:
    config = load()

    assert config.JupyterHub.hub_ip not in ("", "0.0.0.0", "*")
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    assert config.ConfigurableHTTPProxy.api_url.startswith("http://127.0.0.1:")
    assert not config.ConfigurableHTTPProxy.should_start


def test_no_secret_is_set(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", PROXY_TOKEN):
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


def test_the_hub_needs_nothing_of_pophub_but_the_contract(hub_folder: Path) -> None:
    source = (hub_folder / "jupyterhub_config.py").read_text()

    assert not re.search(r"^\s*(from|import) (pophub(?!\.core\.contract)|stacks|scripts)", source, re.MULTILINE)


def test_the_events_colour_is_in_the_pages_style(load: Load) -> None:
    config = load(lambda event: event.update(branding={"colour": "#ffd400"}))

    assert "--brand: #ffd400; --on-brand: #000;" in config.JupyterHub.template_vars["look"]


def test_a_logo_of_the_bundle_is_the_hubs(load: Load, hub_folder: Path) -> None:
    assert "logo_file" not in load().JupyterHub
    (hub_folder / "logo.svg").write_text("<svg/>")

    assert load().JupyterHub.logo_file == str(hub_folder / "logo.svg")
