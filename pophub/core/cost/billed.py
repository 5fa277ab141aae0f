"""What AWS says the event has cost, as Cost Explorer answers. Pure: pages in, lines out; it asks nobody and guesses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pophub.core.cost.money import total
from pophub.core.cost.tariff import ADDRESS, MACHINE

# https://aws.amazon.com/aws-cost-management/pricing/, 2026-11-20: each request, and so each page
USD_A_REQUEST = Decimal("0.01")
# https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html: refreshed at least once every 24 hours
SETTLED_AFTER = timedelta(hours=24)
DISKS = "disks"
# what AWS calls hours that are paid for one by one, and hours that somebody has committed to pay for anyway
USAGE, COVERED = "Usage", {"SavingsPlanCoveredUsage": "a Savings Plan", "DiscountedUsage": "a reservation"}
# the end of a usage type, as in USW2-BoxUsage:r6i.8xlarge → what we call it
KINDS = {
    r"(BoxUsage|SpotUsage|DedicatedUsage|HostBoxUsage)": MACHINE,
    r"EBS:VolumeUsage": DISKS,
    r"PublicIPv4:": ADDRESS,
    r"EBS:SnapshotUsage": "snapshot",
    r"(DataTransfer|-Bytes$)": "traffic",
    r"TimedStorage": "archive",
    r"(HostedZone|DNS-Queries)": "zone",
    r"CW:AlarmMonitor": "alarm",
}


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One usage type on one day of UTC; `quantity` is in AWS's own unit for it."""

    day: date
    usage: str
    amount: Decimal
    quantity: Decimal

    @property
    def kind(self) -> str:
        """What we call it; AWS's own words where we have none."""
        return next((kind for pattern, kind in KINDS.items() if re.search(pattern, self.usage)), self.usage)


@dataclass(frozen=True, slots=True)
class Billed:
    """An answer. `settled` is until when it is complete; without lines `notes` say why."""

    lines: tuple[BilledLine, ...]
    currency: str
    as_of: datetime
    requests: int
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """All lines together."""
        return total(line.amount for line in self.lines)

    @property
    def fee(self) -> Decimal:
        """What it cost to ask, in USD; it carries no tag, and is on the account's bill."""
        return self.requests * USD_A_REQUEST

    @property
    def settled(self) -> datetime:
        """The midnight, in UTC, before which every day has had its time to arrive."""
        return datetime.combine((self.as_of.astimezone(UTC) - SETTLED_AFTER).date(), time(), UTC)


def billed_from(
    pages: Iterable[Mapping[str, Any]], *, as_of: datetime, requests: int, notes: Iterable[str] = ()
) -> Billed:
    """The lines of all pages. Amounts of several currencies are not added up: the one with most lines is told."""
    found: dict[str, list[BilledLine]] = {}
    notes, unreadable, covered = list(notes), 0, set[str]()
    for result in (result for page in pages for result in page.get("ResultsByTime", ())):
        for group in result.get("Groups", ()):
            try:
                line, currency = _line(result, group)
            except (KeyError, IndexError, TypeError, ValueError, InvalidOperation):
                unreadable += 1
                continue
            covered |= COVERED.keys() & set(group["Keys"][:1])
            if line.amount or line.quantity:
                found.setdefault(currency, []).append(line)
    currency = max(found, key=lambda it: len(found[it]), default="USD")
    left_out = sorted(set(found) - {currency})
    if left_out:
        notes.append(f"AWS bills in several currencies: {', '.join(left_out)} is left out of what is billed")
    notes += [
        f"{COVERED[it]} of this account covers hours of the machine: what AWS bills for them is not what they cost alone"
        for it in sorted(covered)
    ]
    if unreadable:
        notes.append(f"{unreadable} lines of Cost Explorer's answer cannot be read and are left out")
    return Billed(tuple(found.get(currency, ())), currency, as_of, requests, tuple(notes))


def _line(result: Mapping[str, Any], group: Mapping[str, Any]) -> tuple[BilledLine, str]:
    cost, usage = group["Metrics"]["UnblendedCost"], group["Metrics"].get("UsageQuantity", {"Amount": "0"})
    amount, quantity = Decimal(cost["Amount"]), Decimal(usage["Amount"])
    if not (amount.is_finite() and quantity.is_finite()):
        raise ValueError(group)
    return BilledLine(date.fromisoformat(result["TimePeriod"]["Start"]), group["Keys"][-1], amount, quantity), str(
        cost["Unit"]
    )
