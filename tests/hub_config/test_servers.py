"""What a participant's server is told to be: its container, its home, its size."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from dockerspawner import DockerSpawner  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import HOMES_FOLDER, SERVER_HOME, SERVER_IMAGE

GIB = 1024**3
Load = Callable[..., Config]


def adas_spawner(config: Config) -> DockerSpawner:
    return DockerSpawner(config=config, user=SimpleNamespace(name="ada", url="/user/ada/", admin=False))


def test_a_server_gets_what_the_event_file_says(load: Load) -> None:
    spawner = adas_spawner(load())

    # what the machine makes of the event's image
    assert spawner.image == SERVER_IMAGE
    assert (spawner.mem_limit, spawner.cpu_limit) == (4 * GIB, 2)
    assert spawner.default_url == "/lab"
    assert spawner.environment["COLOUR"] == "blue"


def test_a_half_gibibyte_is_half_a_gibibyte(load: Load) -> None:
    config = load(lambda event: event["server"].update(memory_gib=0.5))

    assert adas_spawner(config).mem_limit == GIB // 2


def test_a_container_can_raise_no_privilege_and_fill_no_disk(load: Load) -> None:
    spawner = adas_spawner(load())
    limits = spawner.extra_host_config(spawner)

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
    assert adas_spawner(load()).volume_binds[f"{HOMES_FOLDER}/ada"] == {"bind": SERVER_HOME, "mode": "rw"}


def test_servers_read_what_stands_in_the_bundle_and_cannot_change_it(load: Load, hub_folder: Path) -> None:
    spawner = adas_spawner(load())
    folder = spawner.environment["JUPYTER_CONFIG_PATH"]

    assert folder == str(hub_folder / "jupyter")
    assert spawner.volume_binds[folder] == {"bind": folder, "mode": "ro"}


@pytest.mark.parametrize(("admin", "mode"), [(False, "ro"), (True, "rw")])
def test_what_everybody_reads_only_the_helpers_write(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, admin: bool, mode: str
) -> None:
    config = load()
    monkeypatch.setattr(sys.modules["sections.servers"], "DATA", str(tmp_path))
    spawner = adas_spawner(config)
    spawner.user.admin = admin

    assert spawner.extra_host_config(spawner)["binds"] == {str(tmp_path): {"bind": str(tmp_path), "mode": mode}}


def test_a_machine_without_shared_data_makes_none(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load()
    monkeypatch.setattr(sys.modules["sections.servers"], "DATA", str(tmp_path / "none"))
    spawner = adas_spawner(config)

    assert spawner.extra_host_config(spawner)["binds"] == {}


def test_a_home_is_told_what_the_event_brings(load: Load, hub_folder: Path) -> None:
    brought = {"content": "https://git.example.org/a/tutorials", "content_branch": "2027", "start_folder": "tutorials"}
    environment = adas_spawner(load(lambda event: event["server"].update(brought))).environment

    assert environment["POPHUB_CONTENT"] == "https://git.example.org/a/tutorials"
    assert environment["POPHUB_CONTENT_BRANCH"] == "2027"
    assert environment["POPHUB_START_FOLDER"] == "tutorials"
    assert environment["POPHUB_WELCOME"] == str(hub_folder / "welcome")


def test_what_the_event_does_not_bring_is_not_told(load: Load) -> None:
    assert not {"POPHUB_CONTENT", "POPHUB_START_FOLDER"} & set(adas_spawner(load()).environment)


def test_the_events_own_arguments_have_the_last_word(load: Load) -> None:
    wish = "--MappingKernelManager.cull_connected=False"
    args = adas_spawner(load(lambda event: event["server"].update(arguments=[wish]))).args

    # the only one, too: a server that is told a setting twice does not start
    assert [each for each in args if each.startswith("--MappingKernelManager.cull_connected")] == [wish]
    assert "--MappingKernelManager.cull_interval=60" in args


def test_jupyterlab_in_a_container_finds_the_hubs_own_extension(load: Load) -> None:
    spawner = adas_spawner(load())
    (folder,) = [Path(it.partition("=")[2]) for it in spawner.args if "extra_labextensions_path" in it]
    (about,) = folder.glob("*/package.json")
    build = json.loads(about.read_text())["jupyterlab"]["_build"]

    assert any(folder.is_relative_to(place) for place in spawner.read_only_volumes)
    assert about.with_name(build["load"]).is_file()
    # what lies below a folder of this name, browsers would keep for a year
    assert "static" not in build["load"]


def test_a_participants_own_configuration_is_not_read(load: Load) -> None:
    assert adas_spawner(load()).disable_user_config


@pytest.mark.parametrize(
    ("name", "ours"), [("AWS_EC2_METADATA_DISABLED", "true"), ("NO_GCE_CHECK", "true"), ("OMP_NUM_THREADS", "2")]
)
def test_the_events_own_environment_has_the_last_word(load: Load, name: str, ours: str) -> None:
    def value(config: Config) -> str:
        found = config.Spawner.environment[name]
        return str(found(SimpleNamespace(cpu_limit=2)) if callable(found) else found)

    assert value(load()) == ours
    assert value(load(lambda event: event["server"].update(environment={name: "mine"}))) == "mine"


@pytest.mark.parametrize(("cpus", "threads"), [(0.25, "1"), (1, "1"), (1.5, "2"), (4, "4")])
def test_programs_start_as_many_threads_as_can_run_at_once(load: Load, cpus: float, threads: str) -> None:
    spawner = adas_spawner(load())
    spawner.cpu_limit = cpus

    assert {spawner.environment[name](spawner) for name in ("OMP_NUM_THREADS", "PYTHON_CPU_COUNT", "MC_CORES")} == {
        threads
    }


def test_a_choice_sets_memory_and_cpus(load: Load) -> None:
    spawner = adas_spawner(load())
    options = spawner.options_from_form({"size": ["large"]})
    spawner.apply_user_options(spawner, options)

    assert (spawner.mem_limit, spawner.cpu_limit) == (8 * GIB, 4)
    assert spawner.extra_host_config(spawner)["shm_size"] == 8 * GIB
    assert spawner.environment["OMP_NUM_THREADS"](spawner) == "4"


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


def test_a_forgotten_tab_does_not_count_as_work(load: Load) -> None:
    config = load()

    assert config.JupyterHub.last_activity_interval == 0
    assert "--MappingKernelManager.cull_connected=True" in config.Spawner.args


def test_servers_say_often_enough_when_they_were_used(load: Load) -> None:
    # JupyterHub's own advice: at most half of the culler's timeout, and the shortest is 15 minutes
    assert int(load().Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"]) <= 15 * 60 / 2


def test_idle_kernels_stop_after_the_minutes_of_the_event_file(load: Load) -> None:
    assert "--MappingKernelManager.cull_idle_timeout=1800" in load().Spawner.args
