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
        """The report about the workers (report.py)."""
        return self.run / contract.WORKERS_FILE

    @property
    def closed(self) -> Path:
        """Exists from when cloud-init/archive.sh closes the hub until the next boot."""
        return self.run / contract.CLOSED_FILE


@dataclass(slots=True)
class Memory:
    """The state between looks: moments in milliseconds since the boot, by worker. `births` outlives a restart."""

    seen: dict[str, int] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)
    down: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)
    clock_off: dict[str, int] = field(default_factory=dict)
    # since when the hub has not known a service, by the service's id; and when the hub was last asked
    unknown: dict[str, int] = field(default_factory=dict)
    asked: int | None = None
    # since when no more workers are requested, because the last ones were unusable
    failed: int | None = None
    # when each of the rules in BAD last ended a worker
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
    """The instance id of a node: the first part of its host name, as a worker's installation sets it.

    Empty for a node that has a certificate and no description yet; one whose join was interrupted never gets one:
    https://github.com/moby/moby/blob/v26.1.5/daemon/cluster/convert/node.go
    """
    return str(node["Description"].get("Hostname", "")).partition(".")[0]
