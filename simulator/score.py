"""The result of a replay: hours, USD, people who waited or lost a server; beside the optimal schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from simulator.hub import BOOT, By, Tally
from simulator.replay import replay
from simulator.trace import Trace
from simulator.ways import ALWAYS, UNSEEN, WATCH, ways

# computed afterwards, from what people did
ORACLE, STRICT = "optimal schedule", "optimal schedule that keeps no session"


@dataclass(frozen=True, slots=True)
class Score:
    """One way of running one event's machine, or the sum of several events. With an optimal schedule, nobody waits."""

    way: str
    hours: Decimal
    usd: Decimal
    # sums over people, in minutes: waiting for a machine or a server; and waiting while the machine is off in a session
    waited: float = 0
    waited_in_session: int = 0
    turned_away: int = 0
    by_watch: int = 0
    by_culler: int = 0
    by_schedule: int = 0
    cut: int = 0


def scores(trace: Trace) -> tuple[Score, ...]:
    """Every way, and the optimal schedules, which serve exactly what cost-watch served."""
    tallies: dict[str, Tally] = {}
    for way in ways(trace):
        # banners that nobody answers might as well be unseen
        answered = way.name != UNSEEN or tallies[WATCH].answers
        tallies[way.name] = replay(trace, way) if answered else tallies[WATCH]
    served = tallies[WATCH].used
    found = tuple(_score(trace, way, tally) for way, tally in tallies.items())
    return (
        *found,
        _of_minutes(trace, ORACLE, fewest_minutes(_with_sessions(trace, served))),
        _of_minutes(trace, STRICT, fewest_minutes(served)),
    )


def total(rows: Iterable[tuple[Score, ...]]) -> tuple[Score, ...]:
    """The sum of all events for each way."""
    return tuple(_sum(way) for way in zip(*rows, strict=True))


def ratios(rows: tuple[Score, ...]) -> tuple[float, float]:
    """Cost-watch's cost divided by the optimal schedule's, and by that of a machine that is always on."""
    usd = {row.way: row.usd for row in rows}
    return float(usd[WATCH] / usd[ORACLE]), float(usd[WATCH] / usd[ALWAYS])


def fewest_minutes(needed: bytearray) -> int:
    """The fewest minutes that serve every needed one: it boots before each stretch and stays on in gaps up to a boot's length."""
    minutes, last = 0, None
    for minute in (at for at, need in enumerate(needed) if need):
        gap = BOOT if last is None else minute - last - 1
        minutes += 1 + min(gap, BOOT)
        last = minute
    return minutes


def _with_sessions(trace: Trace, served: bytearray) -> bytearray:
    needed = bytearray(served)
    for session in trace.policy.sessions:
        first, end = trace.minute_of(session.start), trace.minute_of(session.end)
        needed[first:end] = bytes([1]) * (end - first)
    return needed


def _score(trace: Trace, way: str, tally: Tally) -> Score:
    stopped = tally.stopped_under_use
    base = _of_minutes(trace, way, sum(tally.on))
    return Score(
        way, base.hours, base.usd, round(tally.waited, 1), tally.waited_in_session, tally.turned_away,
        stopped[By.WATCH], stopped[By.CULLER], stopped[By.SCHEDULE], tally.cut,
    )  # fmt: skip


def _of_minutes(trace: Trace, way: str, minutes: int) -> Score:
    """The machine costs while it is on; disks and address cost the same in every way, as long as the hub exists."""
    hours = Decimal(minutes) / 60
    machine = trace.tariff.machines[trace.instance_type].usd_an_hour
    standing = trace.tariff.usd_an_hour_stopped(trace.event.disk_gib) * trace.minutes / 60
    return Score(way, hours, hours * machine + standing)


def _sum(rows: tuple[Score, ...]) -> Score:
    figures = [field for field in Score.__dataclass_fields__ if field != "way"]
    return Score(rows[0].way, **{field: sum(getattr(row, field) for row in rows) for field in figures})
