"""Servers on workers: what Docker is asked for, when a server counts as ended, and how its owner is told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, NotFound  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import (
    HOMES_FOLDER,
    HUB_PRIVATE_ADDRESS,
    SERVED_FOLDER,
    SERVER_HOME,
    SERVER_LABEL,
    SWARM_IMAGE,
    USER_LABEL,
)

GIB = 1024**3
Load = Callable[..., Config]
RUNNING = {"State": "running", "PortStatus": {"Ports": [{"TargetPort": 8888, "PublishedPort": 32768}]}}
WORKERS = {"slots": 15, "count": 4, "most": 5, "spot": False, "reserve_gib": 4.25}


def missing() -> NotFound:
    answer = SimpleNamespace(status_code=404, url="http+docker://localhost/v1.45", reason="Not Found")
    return NotFound("404 Client Error", response=answer, explanation="it does not exist")


class Docker:
    """Answers with what it is given; `states` are those of the one task, one for each look."""

    def __init__(self, *states: dict[str, Any], node: str = "ready", printed: bytes = b"") -> None:
        self.states: list[dict[str, Any]] = [*states]
        self.node, self.printed = node, printed
        # what Docker does not know, or refuses; the looks after a removal in which the container still ends
        self.missing: set[str] = set()
        self.ends_after = 0
        self.asked: list[str] = []
        self.created: dict[str, Any] = {}

    async def __call__(self, method: str, *args: Any, **options: Any) -> Any:
        self.asked.append(method)
        if method in self.missing:
            raise missing()
        return getattr(self, method)(*args, **options)

    def inspect_service(self, name: str) -> None:
        raise missing()

    def create_service(self, task: dict[str, Any], **options: Any) -> dict[str, str]:
        self.created = {"task": task, **options}
        return {"ID": "5e41ce00"}

    def tasks(self, filters: dict[str, str]) -> list[dict[str, Any]]:
        if "id" in filters and "remove_service" in self.asked:
            self.ends_after -= 1
            return [{"NodeID": "n1"}] if self.node == "down" or self.ends_after >= 0 else []
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return [{"ID": "7a5c", "NodeID": "n1", "Status": state, "DesiredState": state.get("wanted", "running")}]

    def inspect_node(self, node: str) -> dict[str, Any]:
        return {"Status": {"Addr": "10.20.0.20", "State": self.node}}

    def service_logs(self, service: str, **options: Any) -> Iterator[bytes]:
        assert service, "docker-py takes no empty name"
        yield self.printed

    def remove_service(self, service: str) -> None:
        assert service, "docker-py takes no empty name"


@pytest.fixture
def server(load: Load, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Ada's server, of an event with workers, with a Docker of its own."""
    config = load(lambda event: event.update(workers=WORKERS))
    module = sys.modules["sections.workers"]
    noted: list[str] = []
    monkeypatch.setattr(module, "note_end", lambda _, reason: noted.append(reason))

    def new(docker: Docker, name: str = "ada", **traits: Any) -> Any:
        user = SimpleNamespace(name=name, url=f"/user/{name}/", admin=False, id=1)
        made = module.WorkerServer(config=config, user=user, **traits)
        made.docker, made.noted, made.api_token = docker, noted, "5ec2e7"
        made.get_env = lambda: {"COLOUR": "blue"}
        return made

    return new


def test_without_workers_nothing_of_it_is_set(load: Load) -> None:
    config = load()

    assert config.JupyterHub.spawner_class.__name__ == "Container"
    assert "SwarmSpawner" not in config
    assert config.JupyterHub.hub_ip != HUB_PRIVATE_ADDRESS


def test_nobody_queues_for_the_hubs_processors(server: Callable[..., Any]) -> None:
    async def start_many() -> None:
        queue = server(Docker(RUNNING)).queue
        async with AsyncExitStack() as at_once:
            for person in range(500):
                await at_once.enter_async_context(queue.turn(person))

    asyncio.run(asyncio.wait_for(start_many(), 10))


def test_a_server_is_a_service_that_is_placed_once_on_a_worker(server: Callable[..., Any]) -> None:
    docker = Docker({"State": "pending"}, {"State": "starting"}, RUNNING)
    ada = server(docker)

    async def start() -> Any:
        await ada.create_object()
        await ada.start_object()
        return await ada.get_ip_and_port()

    assert asyncio.run(start()) == ("10.20.0.20", 32768)
    task = docker.created["task"]
    container = task["ContainerSpec"]
    assert docker.created["name"] == "jupyter-ada"
    assert docker.created["labels"] == {USER_LABEL: "ada", SERVER_LABEL: ""}
    assert (container["Image"], container["Init"]) == (SWARM_IMAGE, True)
    assert (container["CapabilityDrop"], container["Privileges"]) == (["ALL"], {"NoNewPrivileges": True})
    assert task["Resources"]["Limits"] == {"NanoCPUs": 2 * 10**9, "MemoryBytes": 4 * GIB, "Pids": 1024}
    # a little more than its memory, so that the worker keeps its system's share
    assert task["Resources"]["Reservations"] == {"MemoryBytes": int(4.25 * GIB)}
    assert task["Placement"] == {"Constraints": ["node.role==worker"]}
    assert task["RestartPolicy"]["Condition"] == "none"
    (port,) = docker.created["endpoint_spec"]["Ports"]
    assert (port["TargetPort"], port["PublishMode"]) == (8888, "host")


def test_a_large_server_reserves_in_proportion(server: Callable[..., Any]) -> None:
    docker = Docker(RUNNING)
    asyncio.run(server(docker, mem_limit=8 * GIB).create_object())

    assert docker.created["task"]["Resources"]["Reservations"] == {"MemoryBytes": int(8.5 * GIB)}


def test_a_home_and_the_bundle_come_from_the_hubs_folders(server: Callable[..., Any], hub_folder: Path) -> None:
    mounts = {mount["Target"]: mount for mount in server(Docker(RUNNING)).mounts}

    assert (mounts[SERVER_HOME]["Source"], mounts[SERVER_HOME]["ReadOnly"]) == (f"{HOMES_FOLDER}/ada", False)
    inside = mounts[str(hub_folder / "server")]
    assert (inside["Source"], inside["ReadOnly"]) == (f"{SERVED_FOLDER}/{hub_folder.parent.name}/server", True)
    assert mounts["/dev/shm"]["TmpfsOptions"]["SizeBytes"] == 4 * GIB
    assert (hub_folder / "jupyter" / Path(mounts["/etc/ipython/ipython_kernel_config.py"]["Source"]).name).is_file()


def test_what_all_share_is_read_by_participants_and_written_by_helpers(
    server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = sys.modules["sections.workers"]
    monkeypatch.setattr(module, "DATA", str(tmp_path))

    def is_read_only() -> bool:
        [shared] = [it for it in server(Docker(RUNNING)).mounts if it["Target"] == str(tmp_path)]
        return bool(shared["ReadOnly"])

    monkeypatch.setattr(module, "is_helper", lambda user: user.name != "ada")
    assert is_read_only()
    monkeypatch.setattr(module, "is_helper", lambda user: user.name == "ada")
    assert not is_read_only()


def test_a_long_name_is_a_service_of_its_own(server: Callable[..., Any]) -> None:
    names = {server(Docker(RUNNING), name=f"{'a' * 80}{end}").object_name for end in "xy"}

    assert len(names) == 2
    assert max(map(len, names)) <= 63


@pytest.mark.parametrize(
    ("state", "ended"),
    [
        ({"State": "running"}, False),
        ({"State": "pending"}, False),
        ({"State": "running", "wanted": "shutdown"}, True),
        ({"State": "orphaned", "wanted": "shutdown"}, True),
        ({"State": "complete", "ContainerStatus": {"ExitCode": 0}, "wanted": "shutdown"}, True),
    ],
)
def test_a_server_that_swarm_has_given_up_counts_as_ended(
    server: Callable[..., Any], state: dict[str, Any], ended: bool
) -> None:
    docker = Docker(state)

    assert (asyncio.run(server(docker).poll()) is not None) == ended
    assert ("remove_service" in docker.asked) == ended


def test_a_hub_that_was_restarted_in_the_middle_of_a_start_finds_the_server(server: Callable[..., Any]) -> None:
    """JupyterHub has saved a random port of no address then, and no id of a service."""
    assert asyncio.run(server(Docker({"State": "running"}, RUNNING)).get_url()) == "http://10.20.0.20:32768"


def test_a_server_that_ends_before_the_hub_finds_it_is_left_to_jupyterhubs_check(server: Callable[..., Any]) -> None:
    ada = server(Docker({"State": "failed", "ContainerStatus": {"ExitCode": 3}}))
    ada.server = SimpleNamespace(url="http://127.0.0.1:47883/user/ada/")

    assert asyncio.run(asyncio.wait_for(ada.get_url(), 5)) == ada.server.url
    assert ada.http_timeout == 1


def test_a_server_whose_port_swarm_has_lost_is_removed(
    server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen on moby 26.1, when the manager's engine was restarted while a server started: PortStatus stays empty."""
    docker = Docker({"State": "running", "PortStatus": {}})
    ada = server(docker)
    monkeypatch.setattr(sys.modules["sections.workers"], "PORT_SECONDS", 0.1)
    with pytest.raises(HTTPError, match="was lost while it started"):
        asyncio.run(asyncio.wait_for(ada.get_ip_and_port(), 5))

    assert "remove_service" in docker.asked


def test_the_loss_of_a_machine_is_noted(server: Callable[..., Any]) -> None:
    ada = server(Docker({"State": "running", "wanted": "shutdown"}, node="down"))
    # a stop does not wait for a machine that cannot answer
    asyncio.run(asyncio.wait_for(ada.poll(), 5))

    assert ada.noted == ["exit code 0\nThe machine that it ran on is gone."]


def test_a_server_whose_service_is_gone_has_ended(server: Callable[..., Any]) -> None:
    docker = Docker(RUNNING)
    docker.missing = {"tasks", "remove_service"}
    ada = server(docker)

    assert asyncio.run(ada.poll()) == 0
    with pytest.raises(HTTPError, match="was lost while it started"):
        asyncio.run(ada.get_ip_and_port())
    # nothing is left to wait for
    asyncio.run(ada.remove_object())


@pytest.mark.parametrize(("missing", "looks"), [(set[str](), 3), ({"inspect_node"}, 1)])
def test_a_stop_waits_for_the_container_unless_its_machine_is_forgotten(
    missing: set[str], looks: int, server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = Docker(RUNNING)
    docker.missing, docker.ends_after = missing, 2
    ada = server(docker)
    monkeypatch.setattr(sys.modules["sections.workers"], "POLL_SECONDS", 0)
    asyncio.run(ada.remove_object())

    assert docker.asked[docker.asked.index("remove_service") :].count("tasks") == looks


def refused() -> APIError:
    answer = SimpleNamespace(status_code=400, url="http+docker://localhost/v1.45", reason="Bad Request")
    return APIError("400 Client Error", response=answer, explanation="no such name")


def no_leader() -> APIError:
    answer = SimpleNamespace(status_code=503, url="http+docker://localhost/v1.45", reason="Service Unavailable")
    return APIError("503 Server Error", response=answer, explanation="The swarm does not have a leader.")


@pytest.mark.parametrize("problem", [no_leader(), ConnectionError("the socket is gone")], ids=["busy", "restarted"])
def test_a_stop_outlasts_a_manager_that_does_not_answer_at_once(
    problem: Exception, server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = Docker(RUNNING)
    problems = [problem, problem]

    def remove_service(_: str) -> None:
        if problems:
            raise problems.pop()

    monkeypatch.setattr(docker, "remove_service", remove_service)
    ada = server(docker)
    monkeypatch.setattr(sys.modules["sections.workers"], "POLL_SECONDS", 0)
    asyncio.run(ada.remove_object())

    assert (problems, docker.asked.count("remove_service")) == ([], 3)


@pytest.mark.parametrize(("problem", "patience"), [(no_leader(), 0.0), (refused(), 30.0)], ids=["too long", "refused"])
def test_a_stop_that_docker_does_not_do_is_an_error(
    problem: Exception, patience: float, server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = Docker(RUNNING)

    def remove_service(_: str) -> None:
        raise problem

    monkeypatch.setattr(docker, "remove_service", remove_service)
    ada = server(docker)
    monkeypatch.setattr(sys.modules["sections.workers"], "GONE_SECONDS", patience)
    with pytest.raises(APIError):
        asyncio.run(asyncio.wait_for(ada.remove_object(), 5))


def test_a_log_that_docker_does_not_give_is_told_in_dockers_words(server: Callable[..., Any]) -> None:
    docker = Docker({"State": "failed", "ContainerStatus": {"ExitCode": 3}})
    docker.missing = {"service_logs"}
    ada = server(docker)
    asyncio.run(ada.poll())

    assert ada.noted[0].startswith("exit code 3\n404 Client Error")
    assert "it does not exist" in ada.noted[0]


def test_a_server_that_its_owner_shuts_down_is_not_noted(server: Callable[..., Any]) -> None:
    ada = server(Docker({"State": "complete", "ContainerStatus": {"ExitCode": 0}}))
    asyncio.run(ada.poll())

    assert ada.noted == []


def test_a_failed_start_is_told_with_the_last_lines(server: Callable[..., Any]) -> None:
    failed = {"State": "failed", "Err": "task: non-zero exit (3)", "ContainerStatus": {"ExitCode": 3}}
    ada = server(Docker({"State": "starting"}, failed, printed=b"no module named jupyterhub, token 5ec2e7\n"))
    with pytest.raises(HTTPError) as told:
        asyncio.run(ada.start_object())

    words: Any = told.value
    assert words.jupyterhub_message == (
        "Your server ended while it started, with exit code 3. Its last output: no module named jupyterhub, token …"
    )


def test_a_container_that_docker_refuses_is_told_in_dockers_words(server: Callable[..., Any]) -> None:
    refused = {"State": "rejected", "Err": "invalid mount config: bind source path does not exist: /srv/home/ada"}
    with pytest.raises(HTTPError, match="bind source path does not exist"):
        asyncio.run(server(Docker(refused)).start_object())


def test_a_full_memory_is_remembered(server: Callable[..., Any]) -> None:
    ada = server(Docker({"State": "failed", "ContainerStatus": {"ExitCode": 137}}))
    asyncio.run(ada.poll())

    assert ada.ended_for_memory
    assert "out of memory" in ada.noted[0]


def test_who_waits_for_a_worker_is_told_so_and_why(
    server: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "workers.json"
    monkeypatch.setattr(sys.modules["sections.worker_words"], "WORKERS", known)
    ada = server(Docker(RUNNING))
    ada.waits = True

    async def follow() -> list[str]:
        messages = ada.progress()
        told = [(await anext(messages))["message"]]
        known.write_text('{"trouble": "InsufficientInstanceCapacity"}')
        told.append((await anext(messages))["message"])
        ada.waits = False
        return [*told, (await anext(messages))["message"]]

    comes, refused, starts = asyncio.run(follow())
    assert comes.endswith("another one starts, which takes a minute or two.")
    assert "AWS has none for us just now" in refused
    assert starts == "Starting your server."


def test_a_service_that_is_removed_while_it_waits_ends_the_start(server: Callable[..., Any]) -> None:
    docker = Docker({"State": "pending"})
    ada = server(docker)
    tasks = iter([[{"Status": {"State": "pending"}, "DesiredState": "running"}], []])
    docker.tasks = lambda filters: next(tasks)  # type: ignore[method-assign]
    with pytest.raises(HTTPError, match="was lost while it started"):
        asyncio.run(asyncio.wait_for(ada.start_object(), 5))


def test_a_start_that_waits_too_long_ends_with_a_word(server: Callable[..., Any]) -> None:
    """JupyterHub's own time limit says nothing."""
    ada = server(Docker({"State": "pending"}), start_timeout=10)
    with pytest.raises(HTTPError) as told:
        asyncio.run(asyncio.wait_for(ada.start_object(), 5))

    assert "no other one came in time. Your files are safe" in told.value.jupyterhub_message  # type: ignore[attr-defined]
