"""What the workers' daemon reads and changes: the Auto Scaling group, the swarm, and files. Data only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pophub.aws.client import Aws
from pophub.core import contract
from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubApi

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """`docker` is a docker.APIClient of the swarm's manager, this machine; `hub` is None if there is no token for it."""

    aws: Aws
    docker: Any
    region: str
    group: str
    run: Path = Path(contract.RUN_FOLDER)
    reports: Path = Path(contract.WORKERS_FOLDER)
    hub: HubApi | None = None

    @property
    def report(self) -> Path:
        """What the hub knows of its workers, for cost-watch, the meter and the hub's pages."""
        return self.run / contract.WORKERS_FILE

    @property
    def closed(self) -> Path:
        """Exists from when cloud-init/archive.sh closes the hub until the next boot."""
        return self.run / contract.CLOSED_FILE


@dataclass(slots=True)
class Memory:
    """What only earlier looks know: moments in milliseconds since the boot, by worker. `births` outlives a restart."""

    seen: dict[str, int] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)
    down: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)
    clock_off: dict[str, int] = field(default_factory=dict)
    # since when the hub has not known a service, by its id, and when the hub was asked
    unknown: dict[str, int] = field(default_factory=dict)
    asked: int | None = None
    # since when no more workers are asked for, because those that came could not be used
    failed: int | None = None
    # when a worker was last ended by a rule, for the rules that end one which cannot be used
    bad: dict[str, Moment] = field(default_factory=dict)
    closing: int | None = None
    # when each worker was first seen, by the wall clock, and its price: [ISO 8601, USD an hour or None]
    births: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def births_of(text: str) -> dict[str, tuple[str, str | None]]:
    """The births in an earlier report; empty if it is damaged."""
    try:
        return {it["id"]: (str(it["born"]), it["usd_an_hour"]) for it in json.loads(text)["workers"]}
    except (ValueError, KeyError, TypeError):
        return {}


def worker_of(node: Node) -> str:
    """The instance id of a node: the steps of a worker's boot make it the first part of the host's name.

    Empty for a node that has its certificate and has not told more; one whose join was interrupted never does:
    https://github.com/moby/moby/blob/v26.1.5/daemon/cluster/convert/node.go
    """
    return str(node["Description"].get("Hostname", "")).partition(".")[0]
