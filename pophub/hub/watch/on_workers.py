"""What participants' servers compute on the hub's workers, from the workers' own reports."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pophub.hub.worker_reports import read_report

# pophub/hub/workers looks every ten seconds
STALE = timedelta(seconds=60)


def cores_on_workers(known: Path, reports: Path, now: datetime) -> dict[str, float | None] | None:
    """The processors that each participant's kernels have used in the last minute; None for a server that is new there.

    The result is None if the list of workers is not known, or if a worker that may have servers has no report of the last
    minute.
    """
    try:
        content: dict[str, Any] = json.loads(known.read_text())
        fresh = timedelta() <= now - datetime.fromisoformat(content["at"]) <= STALE
        wanted = {str(it["id"]): it["servers"] for it in content["workers"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not fresh or content["wanted"] is None:
        return None
    cores: dict[str, float | None] = {}
    for worker, servers in wanted.items():
        report = read_report(reports, worker, now)
        if report is None and servers != 0:
            return None
        for user, used in (report or {"servers": {}})["servers"].items():
            cores[user] = used if isinstance(used, int | float) and not isinstance(used, bool) else None
    return cores
