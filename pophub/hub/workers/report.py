"""The report about the workers: for cost-watch, the meter, the hub's pages and `pophub status`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pophub.hub.workers.decide import NOTICE
from pophub.hub.workers.facts import Facts, Worker
from pophub.hub.workers.policy import Policy
from pophub.hub.workers.world import Memory

JsonObject = dict[str, Any]


def as_report(facts: Facts, memory: Memory, policy: Policy) -> JsonObject:
    """The report as JSON data.

    `slots` is what a worker holds, `clock_off` how many seconds its clock is ahead of the hub's if it is wrong. `bad` is
    the time at which the hub last ended an unusable worker, by the rule that ended it.
    """
    return {
        "at": facts.now.isoformat(timespec="seconds"),
        "wanted": facts.wanted,
        "pending": facts.pending,
        "trouble": facts.refused,
        "bad": {rule: it.at.isoformat(timespec="seconds") for rule, it in memory.bad.items()},
        "workers": [_plain(it, facts, memory, policy) for it in facts.workers or ()],
    }


def _plain(worker: Worker, facts: Facts, memory: Memory, policy: Policy) -> JsonObject:
    born, usd = memory.births[worker.id]
    state = "starting" if worker.starting else "ready" if worker.ready else "down"
    known = facts.pending is not None
    return {
        "id": worker.id,
        "type": worker.type,
        "market": policy.market,
        "usd_an_hour": usd,
        "born": born,
        "state": "ending" if worker.leaving else state if known else None,
        "availability": ("pause" if worker.paused else "active") if known else None,
        "servers": worker.servers if known else None,
        "slots": policy.slots,
        "address": worker.address,
        "clock_off": None if worker.clock_off is None else round(worker.clock_off.total_seconds()),
        "notice": None if worker.notice is None else _notice(worker.notice, facts, policy),
    }


def _notice(since: timedelta, facts: Facts, policy: Policy) -> JsonObject:
    """When the worker's servers stop; hub-config/sections/notice.py shows it to their owners."""
    stop_at = facts.now - since + NOTICE
    clock = f"{stop_at.astimezone(ZoneInfo(policy.timezone)):%H:%M}"
    return {"stop_at": stop_at.isoformat(timespec="seconds"), "clock": clock}
