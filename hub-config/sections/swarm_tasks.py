"""Read the state and the port of a server from its task of Docker Swarm, and name its service.

https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Task
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from docker.errors import APIError, NotFound  # type: ignore[import-untyped]

# the states of a task that has ended, and those in which it has a log
ENDED, REPORTED = {"complete", "failed", "shutdown", "rejected", "orphaned", "remove"}, {"complete", "failed"}

# https://github.com/moby/swarmkit/blob/v1.12.0/manager/controlapi/common.go
LONGEST_NAME = 63


def service_name(name: str) -> str:
    """A name that Swarm accepts: a long one is cut, and ends in a hash that keeps it unique."""
    return name if len(name) <= LONGEST_NAME else f"{name[:50]}-{sha256(name.encode()).hexdigest()[:12]}"


def may_pass(error: OSError) -> bool:
    """Whether the same question may be answered later: the manager is busy, or starts again."""
    return not (isinstance(error, APIError) and error.is_client_error())


def has_ended(task: dict[str, Any]) -> bool:
    """Whether a server has ended, or was on a worker that Swarm has given up and that cannot report its end."""
    return task["Status"]["State"] in ENDED or task["DesiredState"] != "running"


def published_port(task: dict[str, Any], port: int) -> int | None:
    """The worker's port that leads to this port of the container; None if there is none yet."""
    ports = task["Status"].get("PortStatus", {}).get("Ports", ())
    return next((it["PublishedPort"] for it in ports if it["TargetPort"] == port), None)


async def is_gone(docker: Callable[..., Awaitable[Any]], task: dict[str, Any]) -> bool:
    """Whether a removed task's container has ended, or its worker cannot tell."""
    # a filter by service does not find the tasks of a removed service
    left = await docker("tasks", filters={"id": task["ID"]})
    if not left or not (node := left[0].get("NodeID")):
        return True
    try:
        return bool((await docker("inspect_node", node))["Status"]["State"] == "down")
    except NotFound:
        return True
