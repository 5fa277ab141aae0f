"""The watch at the hub: what it may do, the door it closes, and whose servers the culler spares."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import TERMS_FILE, WATCH_TOKEN

Load = Callable[..., Config]


@pytest.fixture
def watch(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The section of the settings that are loaded, with its files in a folder of the test."""
    monkeypatch.setenv(WATCH_TOKEN, "hush-hush")
    load()
    section = sys.modules["sections.watch"]
    monkeypatch.setattr(section, "TERMS", tmp_path / TERMS_FILE)
    return section


def write(file: Path, content: object, *, minutes_ago: int = 0) -> None:
    file.write_text(json.dumps(content))
    then = time.time() - 60 * minutes_ago
    os.utime(file, (then, then))


def test_a_machine_with_a_watch_has_its_service_with_exactly_its_rights(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [it["name"] for it in load().JupyterHub.services] == ["idle-culler"]
    monkeypatch.setenv(WATCH_TOKEN, "hush-hush")
    config = load().JupyterHub

    assert config.services[1] == {"name": "cost-watch", "api_token": "hush-hush"}
    (role,) = [it for it in config.load_roles if it["name"] == "cost-watch"]
    assert role["scopes"] == ["list:users", "read:users:activity", "read:users:groups", "read:servers", "servers"]
    assert role["services"] == ["cost-watch"]


@pytest.mark.parametrize("text", ["", "[]", "null"])
def test_a_file_that_makes_no_sense_says_nothing(watch: ModuleType, text: str) -> None:
    watch.TERMS.write_text(text)
    assert watch.read_watch_file(watch.TERMS) == {}


def test_nobody_comes_through_a_closed_door_and_what_comes_before_a_start_still_does(watch: ModuleType) -> None:
    done: list[str] = []

    async def make_home(spawner: str) -> None:
        done.append(spawner)

    for before in (make_home, done.append, None):
        config = Config({"DockerSpawner": {"pre_spawn_hook": before}} if before else {})
        watch.refuse_new_servers(config, {})
        hook = (config.DockerSpawner if before else config.Spawner).pre_spawn_hook
        write(watch.TERMS, {"new_servers": True})
        asyncio.run(hook("ada"))
        write(watch.TERMS, {"new_servers": False})
        with pytest.raises(HTTPError) as refusal:
            asyncio.run(hook("bob"))
        assert "budget" in refusal.value.jupyterhub_message
    assert done == ["ada", "ada"]


@pytest.fixture
def is_culled(watch: ModuleType, hub_folder: Path) -> Callable[..., bool]:
    """Whether the culler stops ada's server, who was inactive for some minutes of 60."""
    config = Config()
    runpy.run_path(str(hub_folder / "culler.py"), init_globals={"get_config": lambda: config})

    def ask(minutes: int | None, name: str = "ada") -> bool:
        inactive = None if minutes is None else timedelta(minutes=minutes)
        server: dict[str, Any] = {"full_name": f"{name}/"}
        return bool(config.IdleCuller.cull_arbiter_hook(inactive=inactive, inactive_limit=3600, server=server))

    return ask


def test_the_culler_goes_by_its_own_time_without_the_watch(is_culled: Callable[..., bool]) -> None:
    assert [is_culled(minutes) for minutes in (None, 59, 60)] == [False, False, True]


def test_the_culler_goes_by_the_watchs_time_and_spares_who_computes(
    is_culled: Callable[..., bool], watch: ModuleType
) -> None:
    write(watch.TERMS, {"server_idle": 1800, "protected": ["bob"]})
    assert [is_culled(minutes) for minutes in (29, 30)] == [False, True]
    write(watch.TERMS, {"server_idle": 1800, "protected": ["ada"]})
    assert not is_culled(600)


def test_the_culler_leaves_a_rehearsal_to_itself(is_culled: Callable[..., bool], watch: ModuleType) -> None:
    write(watch.TERMS, {"server_idle": 1800, "protected": []})

    assert [is_culled(600, name) for name in ("~rehearsal-1", "rehearsal-1")] == [False, True]


def test_the_culler_stops_nobody_while_the_watch_is_silent(is_culled: Callable[..., bool], watch: ModuleType) -> None:
    write(watch.TERMS, {"server_idle": 1800, "protected": []}, minutes_ago=6)
    assert not is_culled(600)
    watch.TERMS.write_text("{")
    assert not is_culled(600)
