"""What AWS has billed for the event, read from Cost Explorer's answers. Pure: pages in, lines out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pophub.core.cost.money import total
from pophub.core.cost.tariff import ADDRESS, MACHINE
from pophub.core.cost.worker import ON_DEMAND, SPOT

# https://aws.amazon.com/aws-cost-management/pricing/, 2026-11-20: the price of each request; each page is one request
USD_A_REQUEST = Decimal("0.01")
# https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html: refreshed at least once every 24 hours
SETTLED_AFTER = timedelta(hours=24)
DISKS = "disks"
# AWS's name for hours that are paid one by one, and for hours that a commitment of the account already pays for
USAGE, COVERED = "Usage", {"SavingsPlanCoveredUsage": "a Savings Plan", "DiscountedUsage": "a reservation"}
# a pattern in a usage type, as in USW2-BoxUsage:r6i.8xlarge → our name for the kind of cost
KINDS = {
    r"(BoxUsage|SpotUsage|DedicatedUsage|HostBoxUsage)": MACHINE,
    r"EBS:VolumeUsage": DISKS,
    r"PublicIPv4:": ADDRESS,
    r"EBS:SnapshotUsage": "snapshot",
    r"(DataTransfer|-Bytes$)": "traffic",
    r"TimedStorage": "archive",
    r"(HostedZone|DNS-Queries)": "zone",
    r"CW:AlarmMonitor": "alarm",
    r"(Health-Check|ApiGatewayHttp|Lambda-GB)": "off page",
}


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One usage type on one UTC day; `quantity` is in AWS's unit for that usage type."""

    day: date
    usage: str
    amount: Decimal
    quantity: Decimal

    @property
    def kind(self) -> str:
        """Our name for this kind of cost; AWS's usage type if we have no name for it."""
        return next((kind for pattern, kind in KINDS.items() if re.search(pattern, self.usage)), self.usage)

    @property
    def machine(self) -> str:
        """The machine's type and market, as in `r7i.2xlarge spot`; empty if this is no machine's usage."""
        if self.kind != MACHINE:
            return ""
        return f"{self.usage.rpartition(':')[2]} {SPOT if 'SpotUsage' in self.usage else ON_DEMAND}"


@dataclass(frozen=True, slots=True)
class Billed:
    """Cost Explorer's answer. If there are no lines, `notes` contain the reason."""

    lines: tuple[BilledLine, ...]
    currency: str
    as_of: datetime
    requests: int
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        return total(line.amount for line in self.lines)

    @property
    def fee(self) -> Decimal:
        """The price of these requests in USD. It has no tag, so it appears on the account's bill only."""
        return self.requests * USD_A_REQUEST

    @property
    def settled(self) -> datetime:
        """The midnight (UTC) until which the figures are complete."""
        return datetime.combine((self.as_of.astimezone(UTC) - SETTLED_AFTER).date(), time(), UTC)


def billed_from(
    pages: Iterable[Mapping[str, Any]], *, as_of: datetime, requests: int, notes: Iterable[str] = ()
) -> Billed:
    """The lines of all pages.

    With several currencies, only the one with the most lines is used; a note names the others.
    """
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
