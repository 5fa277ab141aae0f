"""The report's total until now and nothing else, for cost-watch, which asks every minute. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from pophub.core.cost.basis import Basis
from pophub.core.cost.collector import paused
from pophub.core.cost.ledger import ledger
from pophub.core.cost.machines import unpriced_machines
from pophub.core.cost.timeline import milliseconds, read


def spent(
    lines: Iterable[bytes], basis: Basis, *, now: datetime, since: datetime | None = None, machine: str = ""
) -> Decimal | None:
    """The exact total from the first start, or from `since` if that is later. None without a record or without a price.

    `machine` is the type of a run whose start record is not readable.
    """
    with paused():
        line = read(lines, now=now)
    line = replace(line, runs=tuple(replace(run, machine=run.machine or machine) for run in line.runs))
    if not line.runs or unpriced_machines(line, basis.tariff):
        return None
    # the people present divide the total among them and do not change it
    first = line.born if since is None else min(max(line.born, milliseconds(since)), line.now)
    return ledger(replace(line, visits=()), basis.tariff, first, line.now).usd
