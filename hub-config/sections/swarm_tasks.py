"""Read the state and the port of a server from its task of Docker Swarm.

https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Task
"""

from __future__ import annotations

from typing import Any

# the states of a task that has ended, and those in which it has a log
ENDED, REPORTED = {"complete", "failed", "shutdown", "rejected", "orphaned", "remove"}, {"complete", "failed"}


def has_ended(task: dict[str, Any]) -> bool:
    """Whether a server has ended, or was on a worker that Swarm has given up and that cannot report its end."""
    return task["Status"]["State"] in ENDED or task["DesiredState"] != "running"


def published_port(task: dict[str, Any], port: int) -> int | None:
    """The worker's port that leads to this port of the container; None if there is none yet."""
    ports = task["Status"].get("PortStatus", {}).get("Ports", ())
    return next((it["PublishedPort"] for it in ports if it["TargetPort"] == port), None)
