"""What an event has cost and will cost: one object that every format shows. Pure; an unknown figure becomes a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pophub.core.calendar import Window
from pophub.core.cost import rows
from pophub.core.cost.basis import Basis
from pophub.core.cost.billed import Billed
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.collector import paused
from pophub.core.cost.forecast import Forecast, forecast
from pophub.core.cost.ledger import QUARTER_MS, Ledger, ledger
from pophub.core.cost.machines import Machines, machines, unpriced_machines, workers_usd_an_hour
from pophub.core.cost.money import MICROS, rounded, total
from pophub.core.cost.reconcile import Reconciled, reconcile
from pophub.core.cost.rows import PersonRow, Row, TimeRow, WakeRow, hours
from pophub.core.cost.steps import Reached, reached
from pophub.core.cost.timeline import Timeline, milliseconds, moment, read
from pophub.core.figures import OLD_TABLE

# a meter that begins so long before the first session suggests a wrong clock
EARLY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Use:
    """How well the machine was used, and what that was worth."""

    hours_on: Decimal
    hours_off: Decimal
    idle_hours: Decimal
    idle_usd: Decimal
    # what the machine would have cost while it was off; None if its price is not known
    saved_usd: Decimal | None
    person_hours: Decimal
    usd_a_person_hour: Decimal | None
    people: int
    wakes: tuple[WakeRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures from the hub's first start to `until`. `usd` is None if the meter has no record.

    `unpriced_hours` are in no amount: if there are any, every total is a lower limit. `running` is None if that is not
    known; `gone` means that the hub was destroyed.
    """

    basis: Basis
    since: datetime
    until: datetime
    usd: Decimal | None
    usd_an_hour: Decimal | None
    steps: tuple[Reached, ...]
    unpriced_hours: Decimal
    running: bool | None
    gone: bool
    parts: tuple[Row, ...]
    people: tuple[PersonRow, ...]
    nobodys: tuple[Row, ...]
    days: tuple[TimeRow, ...]
    sessions: tuple[TimeRow | Row, ...]
    # None if the event has one machine
    machines: Machines | None
    use: Use
    on: tuple[Window, ...]
    curve: tuple[tuple[datetime, Decimal], ...]
    peaks: tuple[tuple[datetime, int], ...]
    forecast: Forecast | None
    billed: Billed | None
    reconciled: Reconciled | None
    notes: tuple[str, ...]

    @property
    def whom(self) -> tuple[Row, ...]:
        """All costs by person and purpose: participants, unused capacity, shared base."""
        return (*self.people, *self.nobodys)


def report(
    lines: Iterable[bytes],
    basis: Basis,
    *,
    now: datetime,
    gone: datetime | None = None,
    names: bool = False,
    billed: Billed | None = None,
) -> Report:
    """The report from a meter's lines; for the arguments see `reported`."""
    with paused():
        line = read(lines, now=min(now, gone or now))
    return reported(line, basis, now=now, gone=gone is not None, names=names, billed=billed)


def reported(
    line: Timeline,
    basis: Basis,
    *,
    now: datetime,
    gone: bool = False,
    names: bool = False,
    billed: Billed | None = None,
) -> Report:
    """The report from a timeline. `gone`: the hub was destroyed at its end; `names`: show participants' names."""
    since, until = moment(line.born), moment(line.now)
    account = _account(line, basis, since, until)
    people, nobodys = rows.shares(account, names=names)
    reconciled = None if billed is None else reconcile(line, basis.tariff, billed, (since, until))
    usd = rounded(account.usd, MICROS) if line.runs else None
    return Report(
        basis=basis,
        since=since,
        until=until,
        usd=usd,
        usd_an_hour=Decimal(0) if gone else _rate(basis, line),
        steps=reached(line.steps, usd, basis.budget),
        unpriced_hours=hours(sum(cell.unpriced_ms for cell in account.cells)),
        running=line.running,
        gone=gone,
        parts=rows.parts(account),
        people=people,
        nobodys=nobodys,
        days=rows.days(account, basis.zone),
        sessions=rows.sessions(account, basis.sessions, basis.zone),
        machines=machines(line, account, basis.tariff),
        use=_use(account, basis, line),
        on=tuple(Window(moment(run.start), moment(run.end)) for run in line.runs if run.end > run.start),
        curve=_curve(account),
        peaks=tuple((moment(quarter * QUARTER_MS), count) for quarter, count in sorted(account.peaks.items())),
        forecast=None if gone else _ahead(basis, line, usd),
        billed=billed,
        reconciled=reconciled,
        notes=(*_notes(line, basis, account, now), *_about_bill(basis, billed, reconciled)),
    )


def _use(account: Ledger, basis: Basis, line: Timeline) -> Use:
    on = sum(cell.end - cell.start for cell in account.cells if cell.on)
    off = sum(cell.end - cell.start for cell in account.cells) - on
    idle = sum(cell.idle_ms for cell in account.cells)
    idle_usd = sum(
        (cell.machines_usd * cell.idle_ms / (cell.end - cell.start) for cell in account.cells if cell.on), Decimal(0)
    )
    person_hours = hours(sum(cell.person_ms for cell in account.cells))
    return Use(
        hours_on=hours(on),
        hours_off=hours(off),
        idle_hours=hours(idle),
        idle_usd=rounded(idle_usd, MICROS),
        saved_usd=_saved(basis, line),
        person_hours=person_hours,
        usd_a_person_hour=rounded(account.usd / person_hours, MICROS) if person_hours else None,
        people=len(account.people),
        wakes=rows.wakes(account, line.runs),
    )


def _saved(basis: Basis, line: Timeline) -> Decimal | None:
    """What the machine would have cost in each stretch in which it was off, at the price of that machine."""
    ends = [*(run.start for run in line.runs[1:]), line.now]
    stood = [(run.machine, end - run.end) for run, end in zip(line.runs, ends, strict=False) if end > run.end]
    prices = basis.tariff.machines
    if not line.runs or any(machine not in prices for machine, _ in stood):
        return None
    return rounded(total(prices[machine].usd_an_hour * ms / HOUR_MS for machine, ms in stood), MICROS)


def _account(line: Timeline, basis: Basis, since: datetime, until: datetime) -> Ledger:
    """The ledger, cut where a day, a session or a run begins or ends."""
    cuts = [*rows.day_starts(since, until, basis.zone), *(edge for it in basis.sessions for edge in (it.start, it.end))]
    with paused():
        return ledger(line, basis.tariff, milliseconds(since), line.now, map(milliseconds, cuts))


def _rate(basis: Basis, line: Timeline) -> Decimal | None:
    """USD an hour from now on; None if a part of it is not known."""
    if line.running is None or line.disk_gib is None:
        return None
    tariff = basis.tariff
    if not line.running:
        return tariff.usd_an_hour_stopped(line.disk_gib)
    hub, workers = tariff.usd_an_hour_running(line.machine, line.disk_gib), workers_usd_an_hour(line, tariff)
    return None if hub is None or workers is None else hub + workers


def _ahead(basis: Basis, line: Timeline, usd: Decimal | None) -> Forecast | None:
    """None if today's price is not known, or if the event is over."""
    until = moment(line.now)
    if usd is None or line.running is None or line.disk_gib is None or until >= basis.ends:
        return None
    return forecast(basis, usd, machine=line.machine, disk_gib=line.disk_gib, running=line.running, now=until)


def _curve(account: Ledger) -> tuple[tuple[datetime, Decimal], ...]:
    """The spending at the end of each cell."""
    so_far = Decimal(0)
    points = [(moment(account.cells[0].start), so_far)] if account.cells else []
    for cell in account.cells:
        so_far += cell.usd
        points.append((moment(cell.end), rounded(so_far, MICROS)))
    return tuple(points)


def _notes(line: Timeline, basis: Basis, account: Ledger, now: datetime) -> list[str]:
    unpriced = unpriced_machines(line, basis.tariff)
    unpriced_hours = hours(sum(cell.unpriced_ms for cell in account.cells))
    unknown = sum(visit.memory_gib is None for visit in line.visits)
    age = now.date() - basis.tariff.as_of
    until = f"{moment(line.now):%Y-%m-%d %H:%M} UTC, the moment of this report"
    early = basis.starts[0] - moment(line.born)
    checks = [
        (not line.runs, "the meter has no record: what the hub has cost is not known"),
        (line.goes_on, f"the meter goes on after {until}: what is later is not counted"),
        (
            early > EARLY,
            f"the meter begins {early.days} days before the first session: check the dates, "
            "the machine's clock may have been wrong",
        ),
        (unpriced, f"no price of {', '.join(unpriced)} is known: {unpriced_hours} hours of it are not included in any amount"),
        (
            line.runs and not line.disks,
            "the meter does not say how large the disk is: disks and address are not included in any amount",
        ),
        (age > OLD_TABLE, f"the prices are of {basis.tariff.as_of}, {age.days} days old: `pophub prices` asks AWS for today's"),
        (unknown, f"of {unknown} servers it is not known how much memory they may use: their share is unused capacity"),
    ]  # fmt: skip
    return [*(note for holds, note in checks if holds), *line.notes]


def _about_bill(basis: Basis, billed: Billed | None, reconciled: Reconciled | None) -> Iterator[str]:
    """What is wrong with the bill, and why it is not compared."""
    if billed is None:
        return
    yield from billed.notes
    ours = basis.tariff.currency
    if billed.lines and billed.currency != ours:
        yield f"AWS bills in {billed.currency} and the meter counts in {ours}: the two are not compared"
    elif billed.lines and reconciled is None:
        yield f"AWS's figures are complete until {billed.settled:%Y-%m-%d}: there is nothing to compare with yet"
