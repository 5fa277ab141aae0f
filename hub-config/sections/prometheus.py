"""The workers' figures among JupyterHub's own at /hub/metrics, where helpers read them with a token.

JupyterHub shows all figures of the process's registry, so a collector there needs no port, program or permission of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from traitlets.config import Config

from pophub.core.contract import RUN_FOLDER, WORKERS_FILE
from sections.event import Event
from sections.watch import read_watch_file

KNOWN = Path(RUN_FOLDER, WORKERS_FILE)
EACH = ["worker", "type", "market"]


class WorkerFigures:
    """Reads the report about the workers at each request. An unknown value has no figure."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure, as prometheus_client asks for them."""
        found = read_watch_file(self._file)
        if not found or found.get("wanted") is None:
            return
        with suppress(KeyError, TypeError, ValueError):
            yield from _figures(found)


def worker_figures(c: Config, event: Event) -> None:
    """Register the figures, only for an event with workers."""
    if event.get("workers") is not None:
        REGISTRY.register(WorkerFigures(KNOWN))


def _figures(found: dict[str, Any]) -> Iterator[GaugeMetricFamily]:
    yield _single("pophub_workers_wanted", "Workers that the hub wants", found["wanted"])
    yield _single("pophub_servers_waiting", "Servers for which no worker has room", found["pending"])
    state = GaugeMetricFamily("pophub_worker_state", "1 for the state of each worker", labels=[*EACH, "state"])
    servers = GaugeMetricFamily("pophub_worker_servers", "Servers on each worker", labels=EACH)
    slots = GaugeMetricFamily("pophub_worker_slots", "Servers of the largest size that it holds", labels=EACH)
    price = GaugeMetricFamily("pophub_worker_usd_per_hour", "Its price without disk and address", labels=EACH)
    for worker in found["workers"]:
        labels = [worker["id"], worker["type"], worker["market"]]
        state.add_metric([*labels, _state(worker)], 1)
        for family, value in ((servers, worker["servers"]), (slots, worker["slots"]), (price, worker["usd_an_hour"])):
            if value is not None:
                family.add_metric(labels, float(value))
    yield from (state, servers, slots, price)


def _state(worker: dict[str, Any]) -> str:
    """A worker that takes no new servers is `paused`."""
    paused = worker["state"] == "ready" and worker["availability"] == "pause"
    return "paused" if paused else worker["state"] or "unknown"


def _single(name: str, about: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value) if value is not None else GaugeMetricFamily(name, about)
