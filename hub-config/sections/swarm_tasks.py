"""What a task of Docker Swarm says of the server that it runs.

https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Task
"""

from __future__ import annotations

from typing import Any

# the states of a task that has ended, and of those with a log
ENDED, REPORTED = {"complete", "failed", "shutdown", "rejected", "orphaned", "remove"}, {"complete", "failed"}


def has_ended(task: dict[str, Any]) -> bool:
    """Whether a server has ended, or runs on a worker that Swarm has given up and that cannot report it."""
    return task["Status"]["State"] in ENDED or task["DesiredState"] != "running"


def published_port(task: dict[str, Any], port: int) -> int | None:
    """The worker's port for a port of the container; None if there is none yet."""
    ports = task["Status"].get("PortStatus", {}).get("Ports", ())
    return next((it["PublishedPort"] for it in ports if it["TargetPort"] == port), None)
