"""The hub's settings, loaded as JupyterHub loads them. No hub is started here."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
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

GIB = 1024**3
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


def adas_spawner(config: Config) -> DockerSpawner:
    return DockerSpawner(config=config, user=SimpleNamespace(name="ada", url="/user/ada/"))


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


def test_a_server_gets_what_the_event_file_says(load: Load) -> None:
    spawner = adas_spawner(load())

    assert spawner.image == "quay.io/jupyter/scipy-notebook:2026-10-06"
    assert (spawner.mem_limit, spawner.cpu_limit) == (4 * GIB, 2)
    assert spawner.default_url == "/lab"
    assert spawner.environment["COLOUR"] == "blue"


def test_a_half_gibibyte_is_half_a_gibibyte(load: Load) -> None:
    config = load(lambda event: event["server"].update(memory_gib=0.5))

    assert adas_spawner(config).mem_limit == GIB // 2


def test_a_container_can_raise_no_privilege_and_fill_no_disk(load: Load) -> None:
    limits = adas_spawner(load()).extra_host_config

    assert limits["security_opt"] == ["no-new-privileges"]
    assert limits["cap_drop"] == ["ALL"]
    assert 0 < limits["pids_limit"] <= 4096
    assert limits["log_config"]["config"]["max-size"] == "1m"


def test_a_container_has_a_network_of_its_own_kind_and_leaves_nothing(load: Load) -> None:
    spawner = adas_spawner(load())

    assert spawner.network_name == "pophub"
    assert spawner.use_internal_ip
    assert spawner.remove


def test_everybody_has_a_home_of_their_own(load: Load) -> None:
    assert adas_spawner(load()).volume_binds["/srv/home/ada"] == {"bind": "/home/jovyan", "mode": "rw"}


def test_a_home_is_private_to_its_owner(load: Load, tmp_path: Path) -> None:
    mounts = {str(tmp_path / "ada"): {"bind": "/home/jovyan", "mode": "rw"}, "/not/a/home": {"mode": "ro"}}
    spawner = SimpleNamespace(volume_binds=mounts)
    load().DockerSpawner.pre_spawn_hook(spawner)
    home = (tmp_path / "ada").stat()

    assert home.st_mode & 0o777 == 0o700
    assert os.geteuid() != 0 or (home.st_uid, home.st_gid) == (1000, 100)


def test_servers_read_what_stands_in_the_bundle_and_cannot_change_it(load: Load, hub_folder: Path) -> None:
    spawner = adas_spawner(load())
    folder = spawner.environment["JUPYTER_CONFIG_PATH"]

    assert folder == str(hub_folder / "jupyter")
    assert spawner.volume_binds[folder] == {"bind": folder, "mode": "ro"}


def test_the_pages_say_the_last_day_in_words(load: Load) -> None:
    assert load().JupyterHub.template_vars["last_day"] == "12 March 2027"


def test_a_home_is_not_made_where_its_volume_is_missing(load: Load, tmp_path: Path) -> None:
    spawner = SimpleNamespace(volume_binds={str(tmp_path / "not mounted" / "ada"): {"mode": "rw"}})

    with pytest.raises(FileNotFoundError):
        load().DockerSpawner.pre_spawn_hook(spawner)


def test_a_participants_own_configuration_is_not_read(load: Load) -> None:
    assert adas_spawner(load()).disable_user_config


def test_a_choice_sets_memory_and_cpus(load: Load) -> None:
    spawner = adas_spawner(load())
    options = spawner.options_from_form({"size": ["large"]})
    spawner.apply_user_options(spawner, options)

    assert (spawner.mem_limit, spawner.cpu_limit) == (8 * GIB, 4)


@pytest.mark.parametrize("form", [{}, {"size": [""]}, {"size": ["standard"]}])
def test_no_choice_is_the_events_own_size(load: Load, form: dict[str, list[str]]) -> None:
    spawner = adas_spawner(load())
    spawner.mem_limit = 8 * GIB
    spawner.apply_user_options(spawner, spawner.options_from_form(form))

    assert (spawner.mem_limit, spawner.cpu_limit) == (4 * GIB, 2)


@pytest.mark.parametrize("wish", ["huge", ["large"], {"memory_gib": 512}, 7])
def test_a_size_that_is_not_offered_is_refused(load: Load, wish: object) -> None:
    spawner = adas_spawner(load())

    with pytest.raises(HTTPError) as refusal:
        spawner.apply_user_options(spawner, {"size": wish})
    assert refusal.value.status_code == 400


def test_an_image_of_ones_own_is_refused(load: Load) -> None:
    spawner = adas_spawner(load())

    with pytest.raises(HTTPError):
        asyncio.run(spawner.check_allowed("example.org/miner:1"))


def test_the_form_offers_every_size_and_lets_no_name_break_out(load: Load) -> None:
    choice = {"name": '"><script>', "memory_gib": 1.5, "cpus": 1}
    form = load(lambda event: event["server"].update(choices=[choice])).Spawner.options_form

    assert "standard: 4 GiB of memory, 2 CPUs" in form
    assert "&quot;&gt;&lt;script&gt;: 1.5 GiB of memory, 1 CPUs" in form
    assert "<script>" not in form


def test_there_is_no_form_where_nothing_is_to_choose(load: Load) -> None:
    config = load(lambda event: event["server"].update(choices=[]))

    assert not adas_spawner(config).options_form


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


def test_a_forgotten_tab_does_not_count_as_work(load: Load) -> None:
    config = load()

    assert config.JupyterHub.last_activity_interval == 0
    assert "--MappingKernelManager.cull_connected=True" in config.Spawner.args


def test_servers_say_often_enough_when_they_were_used(load: Load) -> None:
    # JupyterHub's own advice: at most half of the culler's timeout, and the shortest is 15 minutes
    assert int(load().Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"]) <= 15 * 60 / 2


def test_idle_kernels_stop_after_the_minutes_of_the_event_file(load: Load) -> None:
    assert "--MappingKernelManager.cull_idle_timeout=1800" in load().Spawner.args


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
