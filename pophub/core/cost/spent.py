"""What the hub has cost until now, and nothing else: the report's total, for whoever asks each minute. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from pophub.core.cost.basis import Basis
from pophub.core.cost.collector import paused
from pophub.core.cost.ledger import ledger
from pophub.core.cost.timeline import milliseconds, read


def spent(
    lines: Iterable[bytes], basis: Basis, *, now: datetime, since: datetime | None = None, machine: str = ""
) -> Decimal | None:
    """Exactly, from the first start or from a later moment on; None where it cannot be told: no record, or no price.

    `machine` is what a run is taken for of which no start is readable.
    """
    with paused():
        line = read(lines, now=now)
    line = replace(line, runs=tuple(replace(run, machine=run.machine or machine) for run in line.runs))
    if not line.runs or any(run.machine not in basis.tariff.machines for run in line.runs):
        return None
    # who was there divides the total and does not change it
    first = line.born if since is None else min(max(line.born, milliseconds(since)), line.now)
    return ledger(replace(line, visits=()), basis.tariff, first, line.now).usd
