"""The situation on the hub before a rehearsal: the event's rules, who works, what was spent. An unknown fact is None."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pophub.core.contract import BANNER_FILE, BUNDLE_FOLDER, CLOSED_FILE, EVENT_FILE, METER_FILE, WATCH_SETTINGS_FILE
from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import Moment
from pophub.core.cost.spent import spent
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.install.settings import uses_accounts
from pophub.hub.rehearsal.objections import Situation
from pophub.hub.rehearsal.rehearse import Event
from pophub.hub.rehearsal.sweep import Paths, real_at_work
from pophub.hub.this_machine import moment
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.policy import from_json

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class World:
    """What a rehearsal uses of the machine beside the hub."""

    paths: Paths = field(default_factory=Paths)
    bundle: Path = Path(BUNDLE_FOLDER)
    clock: Callable[[], Moment] = moment

    def event(self) -> dict[str, Any]:
        """The content of event.json."""
        return dict(json.loads((self.bundle / "hub-config" / EVENT_FILE).read_text()))

    def settings(self) -> dict[str, Any]:
        """The settings of cost-watch.

        Raises:
            PophubError: this machine has none, because it is no AWS machine.
        """
        found = json.loads((self.bundle / "hub-config" / WATCH_SETTINGS_FILE).read_text())
        if not found.get("meter"):
            raise PophubError("this machine has no meter, so a rehearsal's costs are not known", code=ExitCode.REFUSED)
        return dict(found)


def situation(world: World, api: HubApi) -> Situation:
    """Collect the situation."""
    settings, now = world.settings(), world.clock().at
    policy, meter = from_json(settings["policy"]), Meter.from_json(settings["meter"])
    at_work, closed, stop_at, cost = None, None, "", None
    with suppress(HubSilent, HubRefused):
        at_work = real_at_work(api.users())
    with suppress(OSError):
        closed = (world.paths.run / CLOSED_FILE).exists()
    with suppress(FileNotFoundError, ValueError, KeyError):
        stop_at = json.loads((world.paths.run / BANNER_FILE).read_text())["clock"]
    with suppress(OSError, ValueError):
        cost = spent(lines_of(world.paths.memory / METER_FILE), meter.basis, now=now, machine=meter.machine)
    return Situation(
        now=now,
        timezone=policy.timezone,
        at_work=at_work,
        sessions=policy.sessions,
        stops=policy.stops,
        spent_usd=cost,
        budget_usd=policy.budget_usd,
        usd_an_hour=usd_an_hour(meter),
        closed=closed,
        stop_at=stop_at,
        accounts=uses_accounts(world.event()),
    )


def usd_an_hour(meter: Meter) -> Decimal | None:
    """The hub's cost while it runs, with all planned workers; None if a price is not known."""
    hub = meter.basis.tariff.usd_an_hour_running(meter.machine, meter.disk_gib)
    return None if hub is None else hub + meter.basis.workers_usd_an_hour


def event_of(world: World) -> Event:
    """The event's part of the result."""
    event, server = world.event(), world.event()["server"]
    meter = Meter.from_json(world.settings()["meter"])
    return Event(
        name=meter.basis.event,
        instance_type=meter.machine,
        memory_limit=int(server["memory_gib"] * GIB),
        home_limit=int(server["home_gib"] * GIB),
        server_limit=event["server_limit"],
        on_workers=meter.on_workers,
    )


def content_folder(event: dict[str, Any]) -> str:
    """The folder of the event's content in a home, named as hub-config/server/content.py does; empty without content."""
    return str(event["server"].get("content") or "").rstrip("/").rpartition("/")[2].removesuffix(".git")
