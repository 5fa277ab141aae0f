"""The spawner of an event with workers: each server is a Docker service, which Swarm places on a worker with enough memory.

`task` is the service's only task: https://docs.docker.com/engine/swarm/how-swarm-mode-works/swarm-task-states/
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from docker.errors import APIError, NotFound  # type: ignore[import-untyped]
from docker.types import (  # type: ignore[import-untyped]
    ContainerSpec,
    DriverConfig,
    EndpointSpec,
    Mount,
    Placement,
    Resources,
    RestartPolicy,
    TaskTemplate,
)
from dockerspawner import SwarmSpawner  # type: ignore[import-untyped]
from traitlets import Bool, Int, default
from traitlets.config import Config

from pophub.core import contract
from sections.containers import LOGGED_LINES, SIGKILLED, End, NotStarted, Watched, not_started, readable
from sections.content import FETCHING, is_being_fetched
from sections.event import HERE, Event, gibibytes
from sections.event_log import note_end
from sections.homes import make_tidy_home
from sections.roles import is_helper
from sections.servers import DATA, JUPYTER, SERVER, WELCOME, arguments
from sections.start_queue import StartQueue
from sections.swarm_tasks import ENDED, REPORTED, has_ended, is_gone, may_pass, published_port, service_name
from sections.worker_words import GONE, NONE_CAME, TAKEN, why_it_waits

POLL_SECONDS, LONGEST_POLL_SECONDS, LOG_SECONDS = 0.3, 5, 5
# a container has 10 s to end, and then its worker reports that to the manager
GONE_SECONDS = 30
# moby 26.1 never learns the port of a server that starts while the manager is restarted
PORT_SECONDS = 20
# a start is given up this much earlier than JupyterHub would, so that its page has the reason
LAST_SECONDS = 10
# IPython reads this folder's settings before those of the home: https://ipython.readthedocs.io/en/stable/config/intro.html
IPYTHON = "/etc/ipython/ipython_kernel_config.py"


class WorkerServer(Watched, SwarmSpawner):  # type: ignore[misc]
    """A server as a service with one task, which Swarm places only once."""

    standard_memory = Int(config=True, help="The memory of a server of the standard size, in bytes.")
    standard_reserve = Int(config=True, help="What such a server reserves, so that a worker keeps its system's share.")
    # the library's own value, but set there it would warn about the setting of all spawners
    remove = Bool(default_value=True, config=True)
    waits = False
    # no queue, because servers start on workers and not on this machine's processors
    queue = StartQueue(sys.maxsize)

    @default("object_name")
    def _object_name_default(self) -> str:
        return service_name(super()._object_name_default())

    async def create_object(self) -> dict[str, Any]:
        container = ContainerSpec(
            image=self.image,
            env=self.get_env(),
            args=await self.get_command(),
            mounts=self.mounts,
            init=True,
            cap_drop=["ALL"],
            privileges={"NoNewPrivileges": True},
        )
        resources = Resources(
            cpu_limit=int(self.cpu_limit * 1e9),
            mem_limit=self.mem_limit,
            mem_reservation=self.mem_limit * self.standard_reserve // self.standard_memory,
        )
        # the library does not have this key: https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Service
        resources["Limits"]["Pids"] = 1024
        task = TaskTemplate(
            container_spec=container,
            resources=resources,
            networks=[self.network_name],
            placement=Placement(constraints=["node.role==worker"]),
            # Swarm does not restart a server that has ended; its owner does
            restart_policy=RestartPolicy(condition="none"),
            log_driver=DriverConfig("json-file", {"max-size": "1m", "max-file": "2"}),
        )
        # Docker chooses the port on the worker
        endpoint = EndpointSpec(mode="dnsrr", ports={None: (self.port, "tcp", "host")})
        labels = {contract.USER_LABEL: self.user.name, contract.SERVER_LABEL: self.name}
        options = {"name": self.service_name, "labels": labels, "endpoint_spec": endpoint}
        return dict(await self.docker("create_service", task, **options))

    @property
    def mounts(self) -> list[Mount]:
        """The home and the files that every server reads, from the hub's folders, which each worker mounts."""
        version = f"{contract.SERVED_FOLDER}/{HERE.parent.name}"
        served = {folder: f"{version}/{Path(folder).name}" for folder in (JUPYTER, SERVER, WELCOME)}
        served[IPYTHON] = f"{version}/jupyter/{Path(IPYTHON).name}"
        mounts = [Mount(target, source, type="bind", read_only=True) for target, source in served.items()]
        mounts += [Mount(it["bind"], source, type="bind") for source, it in self.volume_binds.items()]
        if Path(DATA).is_dir():
            mounts.append(Mount(DATA, DATA, type="bind", read_only=not is_helper(self.user)))
        # a service would otherwise have Docker's 64 MB of shared memory
        return [*mounts, Mount("/dev/shm", None, type="tmpfs", tmpfs_size=self.mem_limit, tmpfs_mode=0o1777)]  # noqa: S108

    async def start_object(self) -> None:
        """Wait until the server runs, if necessary for a new worker."""
        begin, there = time.monotonic(), False
        try:
            while (task := await self.get_task()) is None or task["Status"]["State"] != "running":
                if task is None and there:
                    raise NotStarted(TAKEN)
                there = task is not None
                if task is not None and has_ended(task):
                    await self._end(task)
                    raise not_started(self.end)
                # otherwise JupyterHub would end it without a reason
                if time.monotonic() - begin > self.start_timeout - LAST_SECONDS:
                    raise NotStarted(NONE_CAME)
                self.waits = task is not None and task["Status"]["State"] == "pending"
                # the pauses grow, because all waiting servers share one connection to Docker
                await asyncio.sleep(min(max(POLL_SECONDS, (time.monotonic() - begin) / 20), LONGEST_POLL_SECONDS))
        finally:
            self.waits = False

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """The messages of the page that people see while their server starts."""
        announced = ""
        while True:
            waits = self.waits
            if waits:
                message = why_it_waits()
            elif is_being_fetched(self):
                message = FETCHING
            else:
                message = "Starting your server." if announced else ""
            if message not in ("", announced):
                announced = message
                yield {"progress": 20 if waits else 60, "message": message}
            await asyncio.sleep(1)

    async def get_ip_and_port(self) -> tuple[str, int]:
        """The worker's address, and the server's port there."""
        end = time.monotonic() + PORT_SECONDS
        while (task := await self.get_task()) is not None and time.monotonic() < end:
            if has_ended(task):
                await self._end(task)
                raise not_started(self.end)
            if port := published_port(task, self.port):
                node = await self.docker("inspect_node", task["NodeID"])
                return node["Status"]["Addr"], port
            await asyncio.sleep(POLL_SECONDS)
        await self.remove_object()
        raise NotStarted(TAKEN)

    async def poll(self) -> Any:
        """None while the server runs. A server on a worker that Swarm has given up has ended."""
        task = await self.get_task()
        if task is None:
            return 0
        if not has_ended(task):
            return None
        await self._end(task)
        return str(self.end)

    async def _end(self, task: dict[str, Any]) -> None:
        """Record how the server ended, and remove its service."""
        status = task["Status"]
        code = status.get("ContainerStatus", {}).get("ExitCode", 0)
        # Swarm does not say who sent the signal; if nobody has stopped the server, the kernel did it for its memory
        self.ended_for_memory = code == SIGKILLED and status["State"] == "failed"
        if status["State"] in REPORTED:
            printed = await self._printed()
        elif status["State"] in ENDED:
            printed = readable(status.get("Err", "").encode(), self.api_token)
        else:
            printed = (GONE,)
        self.end = End(code, self.ended_for_memory, printed)
        # a server that its owner shuts down is not worth a message
        if code or self.starts or status["State"] != "complete":
            note_end(self, str(self.end))
        await self.remove_object()

    async def _printed(self) -> tuple[str, ...]:
        """The last lines of the server's output."""
        options = {"stdout": True, "stderr": True, "tail": LOGGED_LINES, "is_tty": False}
        try:
            lines = await self.docker("service_logs", self.service_name, **options)
            printed = await asyncio.wait_for(asyncio.to_thread(b"".join, lines), LOG_SECONDS)
        except (APIError, TimeoutError) as error:
            printed = str(error).encode()
        return readable(printed, self.api_token)

    async def get_task(self) -> dict[str, Any] | None:
        """The service's task; None if there is no service, or no task yet."""
        try:
            tasks = await self.docker("tasks", filters={"service": self.service_name})
        except NotFound:
            return None
        return tasks[0] if tasks else None

    async def stop_object(self) -> None:
        """Do nothing; `remove_object` stops the server too."""

    async def remove_object(self) -> None:
        """Remove the service, and wait for its container, which may still write, unless the worker is gone."""
        end, removed = time.monotonic() + GONE_SECONDS, False
        while not removed:
            try:
                task = await self.get_task()
                # by its name, because a hub that was restarted during the start does not know its id
                await self.docker("remove_service", self.service_name)
                removed = True
            except NotFound:
                return
            except OSError as error:
                # a server that goes on would keep its worker
                if not may_pass(error) or time.monotonic() >= end:
                    raise
                await asyncio.sleep(POLL_SECONDS)
        end = time.monotonic() + GONE_SECONDS
        while task and time.monotonic() < end and not await is_gone(self.docker, task):
            await asyncio.sleep(POLL_SECONDS)


def workers(c: Config, event: Event) -> None:
    """If the event has workers, run all servers on them and none on the hub's machine."""
    wanted = event.get("workers")
    if not wanted:
        return
    c.JupyterHub.spawner_class = WorkerServer
    c.JupyterHub.hub_ip = contract.HUB_PRIVATE_ADDRESS
    c.SwarmSpawner.image = contract.SWARM_IMAGE
    c.SwarmSpawner.network_name = contract.SWARM_NETWORK
    # `mounts` has these folders, from another place
    c.SwarmSpawner.read_only_volumes = {}
    c.WorkerServer.standard_memory = gibibytes(event["server"]["memory_gib"])
    c.WorkerServer.standard_reserve = gibibytes(wanted["reserve_gib"])
    c.DockerSpawner.pre_spawn_hook = make_tidy_home
    # SQLite over NFS stops a server for seconds, or for good: https://github.com/2i2c-org/infrastructure/issues/1882
    c.Spawner.args = arguments(["--NotebookNotary.db_file=:memory:"], c.Spawner.args)
