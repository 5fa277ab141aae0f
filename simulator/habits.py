"""How people use a hub, as distributions with all their numbers here; a seed turns them into the visits of a trace.

The numbers are guesses from descriptions of hackweeks and courses, not fitted to logs: no public log of a workshop's
hub contains arrivals, pauses and forgotten tabs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from random import Random

from simulator.trace import Job, Stretch, Visit

# minutes after a session's start: the earliest and the latest arrival
EARLIEST, LATEST = -25, 90
LONG_SESSION = 300


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are shares of people, times are in minutes; a `median` belongs to a log-normal distribution."""

    # the share of participants who never come, and of the others who are absent on a given day
    no_shows: float = 0.1
    absent: float = 0.08
    # normal distribution (mean, deviation): minutes after a session's start, and after its end
    arrives: tuple[float, float] = (2, 8)
    leaves: tuple[float, float] = (-5, 10)
    # the share who go to lunch for an hour in a session of more than five hours
    lunch: float = 0.85
    # the share who stay on, and how long on average (exponential)
    stays_on: float = 0.12
    stays_on_minutes: float = 45
    # the share who come again in the evening, one to four hours after the session, and for how long (median)
    comes_again: float = 0.03
    comes_again_minutes: float = 40
    # the share who log out; the others leave a tab open
    logs_out: float = 0.35
    # at the desk: how long people work at a time (exponential), and how long they pause (median, spread of the
    # logarithm)
    works_minutes: float = 12
    pauses: tuple[float, float] = (4, 1.1)
    # the share who start a computation on a day, how long it takes (median, spread), and the share that runs overnight
    computes: float = 0.08
    job: tuple[float, float] = (20, 1.0)
    overnight: float = 0.05


def visits(
    users: tuple[str, ...], days: tuple[tuple[Stretch, ...], ...], habits: Habits, seed: int
) -> tuple[Visit, ...]:
    """Everybody's visits; `days` are the sessions of each day."""
    chance = Random(seed)  # noqa: S311
    came = [user for user in users if chance.random() >= habits.no_shows]
    found = (
        visit
        for user in came
        for sessions in days
        if chance.random() >= habits.absent
        for visit in _day(user, sessions, habits, chance)
    )
    return tuple(sorted(found, key=lambda visit: visit.arrive))


def _day(user: str, sessions: tuple[Stretch, ...], habits: Habits, chance: Random) -> Iterator[Visit]:
    busy_until = -1
    computes = chance.random() < habits.computes
    for start, end in sessions:
        arrive = max(busy_until + 1, start + round(min(max(chance.gauss(*habits.arrives), EARLIEST), LATEST)))
        leave = end + round(chance.gauss(*habits.leaves))
        if chance.random() < habits.stays_on:
            leave += round(chance.expovariate(1 / habits.stays_on_minutes))
        for first, last in _with_lunch((arrive, leave), (start, end), habits, chance):
            yield _visit(user, first, last, habits, chance, computes=computes)
            computes, busy_until = False, last
    if chance.random() < habits.comes_again:
        first = busy_until + 60 + chance.randrange(180)
        yield _visit(user, first, first + _lognormal(chance, habits.comes_again_minutes, 0.7), habits, chance)


def _with_lunch(visit: Stretch, session: Stretch, habits: Habits, chance: Random) -> Iterator[Stretch]:
    (arrive, leave), (start, end) = visit, session
    noon = start + (end - start) // 2 + chance.randrange(-15, 15)
    if end - start > LONG_SESSION and arrive < noon < leave - 90 and chance.random() < habits.lunch:
        yield arrive, noon
        yield noon + 45 + chance.randrange(30), leave
    elif leave > arrive:
        yield arrive, leave


def _visit(user: str, arrive: int, leave: int, habits: Habits, chance: Random, *, computes: bool = False) -> Visit:
    jobs: tuple[Job, ...] = ()
    if computes:
        overnight = chance.random() < habits.overnight
        length = 360 + chance.randrange(300) if overnight else _lognormal(chance, *habits.job)
        jobs = (Job(leave - 1 if overnight else chance.randrange(arrive, max(leave, arrive + 1)), length),)
    goes_on = any(job.start + job.minutes > leave for job in jobs)
    works = tuple(_works(arrive, leave, habits, chance))
    return Visit(user, arrive, leave, works, jobs, logs_out=not goes_on and chance.random() < habits.logs_out)


def _works(arrive: int, leave: int, habits: Habits, chance: Random) -> Iterator[Stretch]:
    """Alternating stretches of work and pauses."""
    minute = arrive
    while minute < leave:
        pause_at = minute + max(1, round(chance.expovariate(1 / habits.works_minutes)))
        yield minute, min(pause_at, leave)
        minute = pause_at + _lognormal(chance, *habits.pauses)


def _lognormal(chance: Random, median: float, spread: float) -> int:
    return max(1, round(chance.lognormvariate(log(median), spread)))
