"""The workers of one look, for the meter: who is new, who is gone, and how old each is."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pophub.core.contract import WORKERS_FILE
from pophub.core.cost.meter import worker_changes
from pophub.core.cost.records import Moment, Record
from pophub.core.cost.worker import Worker
from pophub.hub.watch.state import Paths, State
from pophub.hub.watch.workers_file import FRESH, read_workers

MILLISECOND = timedelta(milliseconds=1)
# the schedule starts workers with the hub's machine, or some minutes earlier
BEFORE_BOOT = timedelta(hours=1)


def workers_seen(paths: Paths, state: State, moment: Moment) -> tuple[dict[str, Worker] | None, list[Record]]:
    """The workers by id, and the records of what changed since the last look; None and no records if that is not known."""
    report = read_workers(paths.run / WORKERS_FILE, moment.at)
    if report is None:
        return None, []
    before = _remembered(state, moment)
    try:
        now = {it["id"]: before.get(it["id"]) or _new(it, state, moment) for it in report["workers"]}
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None, []
    return now, worker_changes(before, now, moment)


def remember_workers(state: State, workers: dict[str, Worker] | None, moment: Moment) -> None:
    """Keep for the next look what the meter has recorded; nothing changes if it is not known."""
    if workers is None:
        return
    state.workers_known = moment.up_ms
    state.workers = {
        it.id: [it.type, it.market, None if it.usd_an_hour is None else str(it.usd_an_hour), moment.up_ms - it.age_ms]
        for it in workers.values()
    }


def _remembered(state: State, moment: Moment) -> dict[str, Worker]:
    return {
        id_: Worker(id_, type_, market, None if usd is None else Decimal(usd), moment.up_ms - born)
        for id_, (type_, market, usd, born) in state.workers.items()
    }


def _new(entry: dict[str, Any], state: State, moment: Moment) -> Worker:
    """A worker that no look has seen. It was born after the last look that knew all workers, whatever the clocks say."""
    last, usd = state.workers_known, entry["usd_an_hour"]
    longest = moment.up_ms + BEFORE_BOOT // MILLISECOND if last is None else moment.up_ms - last + FRESH // MILLISECOND
    age = (moment.at - datetime.fromisoformat(entry["born"])) // MILLISECOND
    fields = {"worker": entry["id"], "type": entry["type"], "market": entry["market"], "age": min(max(age, 0), longest)}
    return Worker.from_json(fields | {"usd_an_hour": None if usd is None else str(usd)})
