"""What a hub costs an hour, and from now on as scheduled; list prices, exact sums. It knows no clock and no bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from pophub.plan import prices
from pophub.plan.calendar import Rule
from pophub.plan.check import Check

# AWS's own month: 365 days of 24 hours, by 12
HOURS_A_MONTH = Decimal(730)
# Debian, Docker and two generations of a participants' image of up to 10 GiB
ROOT_DISK_GIB = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that costs money by the hour; `always` also while the machine is stopped."""

    what: str
    usd_per_hour: Decimal
    always: bool


@dataclass(frozen=True, slots=True)
class RunningCost:
    """The parts, and how many hours the machine will run and stand still; traffic and snapshots are not in it."""

    parts: tuple[Part, ...]
    hours_running: Decimal
    hours_stopped: Decimal

    @property
    def usd_an_hour_running(self) -> Decimal:
        """While the machine runs."""
        return sum((part.usd_per_hour for part in self.parts), Decimal(0))

    @property
    def usd_an_hour_stopped(self) -> Decimal:
        """While it is stopped, with everything kept."""
        return sum((part.usd_per_hour for part in self.parts if part.always), Decimal(0))

    @property
    def usd_until_the_end(self) -> Decimal:
        """From the moment that was asked about until the event's last stop."""
        return self.hours_running * self.usd_an_hour_running + self.hours_stopped * self.usd_an_hour_stopped


def running_cost(check: Check, *, now: datetime) -> RunningCost | None:
    """What a hub that is deployed `now` will cost if nothing but the schedule stops it; None without a known price."""
    if check.sizing.machine is None:
        return None
    region = check.event.region
    gib_hour = prices.rate("gp3_storage", region).usd / HOURS_A_MONTH
    parts = (
        Part(check.sizing.machine.name, check.sizing.machine.usd_per_hour, always=False),
        Part(f"home volume, {check.sizing.disk_gib} GiB", check.sizing.disk_gib * gib_hour, always=True),
        Part(f"system disk, {ROOT_DISK_GIB} GiB", ROOT_DISK_GIB * gib_hour, always=True),
        Part("public address", prices.rate("public_ipv4", region).usd, always=True),
    )
    running, stopped = _hours(check.rules, now)
    return RunningCost(parts, running, stopped)


def snapshot_usd_a_month(region: str, gib: int) -> Decimal:
    """What the final snapshot of a full disk costs; of an emptier one less, because only what was written counts."""
    return prices.rate("snapshot", region).usd * gib


def _hours(rules: tuple[Rule, ...], now: datetime) -> tuple[Decimal, Decimal]:
    """Hours that a machine runs and is stopped, from `now`, when it is started, to the last rule."""
    firings = sorted((instant, rule.action) for rule in rules for instant in rule.firings() if instant > now)
    spent = {"start": timedelta(), "stop": timedelta()}
    since, state = now, "start"
    for instant, action in firings:
        spent[state] += instant - since
        since, state = instant, action
    running, stopped = (Decimal(span // timedelta(seconds=1)) / 3600 for span in spent.values())
    return running, stopped
