"""Sizes with guarantees, down to what Docker is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from docker import APIClient  # type: ignore[import-untyped]
from dockerspawner import DockerSpawner  # type: ignore[import-untyped]
from jupyterhub.objects import Hub  # type: ignore[import-untyped]
from jupyterhub.orm import Spawner as SpawnerRow  # type: ignore[import-untyped]
from traitlets.config import Config

GIB = 1024**3
Load = Callable[..., Config]
LARGE = {"name": "large", "memory_gib": 8, "cpus": 4, "memory_guarantee_gib": 4.5, "cpu_guarantee": 2}
SMALL = {"name": "small", "memory_gib": 1, "cpus": 1}


class Told(DockerSpawner):  # type: ignore[misc]
    """What Docker would be told; there is none here."""

    async def docker(self, method: str, *args: Any, **kwargs: Any) -> Any:
        assert method == "create_container"
        return kwargs["host_config"]

    @property
    def client(self) -> Any:
        return APIClient(version="1.45")

    def get_env(self) -> dict[str, str]:
        return {}


def host_config(config: Config, wish: str = "") -> Any:
    """Of the container of a server of this size."""
    user = Named()
    spawner = Told(config=config, user=user, hub=Hub(), orm_spawner=SpawnerRow(name=""))
    if callable(spawner.apply_user_options):
        spawner.apply_user_options(spawner, {"size": wish})
    return asyncio.run(spawner.create_object())


class Named:
    """A participant, as a spawner knows one."""

    name, url, admin = "ada", "/user/ada/", False
    roles: tuple[object, ...] = ()


@pytest.fixture
def config(load: Load) -> Config:
    guaranteed = {"memory_guarantee_gib": 1, "cpu_guarantee": 0.5, "choices": [LARGE, SMALL]}
    return load(lambda event: event["server"].update(guaranteed))


@pytest.mark.parametrize(
    ("wish", "reservation", "shares"), [("", GIB, 512), ("large", int(4.5 * GIB), 2048), ("small", None, 102)]
)
def test_docker_is_told_what_is_guaranteed(config: Config, wish: str, reservation: int | None, shares: int) -> None:
    told = host_config(config, wish)

    assert told.get("MemoryReservation") == reservation
    assert told["CpuShares"] == shares


def test_a_server_that_was_large_and_is_small_now_keeps_no_guarantee(config: Config) -> None:
    spawner = Told(config=config, user=Named(), hub=Hub(), orm_spawner=SpawnerRow(name=""))
    spawner.apply_user_options(spawner, {"size": "large"})
    spawner.apply_user_options(spawner, {"size": "small"})

    assert (spawner.mem_guarantee, spawner.cpu_guarantee, spawner.mem_limit) == (None, None, GIB)


def test_the_limits_stand_beside_the_guarantees(config: Config) -> None:
    told = host_config(config, "large")

    assert (told["Memory"], told["CpuQuota"] / told["CpuPeriod"]) == (8 * GIB, 4)
    assert told["SecurityOpt"] == ["no-new-privileges"]


def test_where_nothing_is_guaranteed_docker_is_told_nothing(load: Load) -> None:
    told = host_config(load(lambda event: event["server"].update(choices=[])))

    assert not {"MemoryReservation", "CpuShares"} & told.keys()


def test_a_guarantee_holds_also_where_nothing_is_to_choose(load: Load) -> None:
    told = host_config(load(lambda event: event["server"].update(choices=[], memory_guarantee_gib=2)))

    assert told["MemoryReservation"] == 2 * GIB


def test_the_form_says_which_size_to_take(config: Config) -> None:
    assert "Not sure? Take standard." in config.Spawner.options_form
    assert 'aria-describedby="size_help"' in config.Spawner.options_form


def test_the_form_says_what_is_guaranteed(config: Config) -> None:
    form = config.Spawner.options_form

    assert "standard: 4 GiB of memory, 2 CPUs; at least 1 GiB and 0.5 CPUs" in form
    assert "small: 1 GiB of memory, 1 CPUs<" in form
