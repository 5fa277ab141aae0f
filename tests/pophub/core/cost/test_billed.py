"""Cost Explorer's answer as lines: in whatever currency, with whatever is wrong with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pophub.core.cost.billed import Billed, BilledLine, billed_from

NOW = datetime(2027, 3, 10, 15, tzinfo=UTC)


def group(usage: str, amount: str, quantity: str = "1", unit: str = "USD", kind: str = "Usage") -> dict[str, Any]:
    metrics = {"UnblendedCost": {"Amount": amount, "Unit": unit}, "UsageQuantity": {"Amount": quantity, "Unit": "N/A"}}
    return {"Keys": [kind, usage], "Metrics": metrics}


def page(day: str, *groups: dict[str, Any]) -> dict[str, Any]:
    return {"ResultsByTime": [{"TimePeriod": {"Start": day, "End": "x"}, "Groups": list(groups), "Estimated": True}]}


def _billed(*pages: dict[str, Any]) -> Billed:
    return billed_from(pages, as_of=NOW, requests=len(pages))


def test_every_page_counts_to_the_last_digit() -> None:
    found = _billed(
        page("2027-03-01", group("BoxUsage:r6i.8xlarge", "20.1600000001", "10")),
        page("2027-03-02", group("BoxUsage:r6i.8xlarge", "0.1")),
    )

    assert found.amount == Decimal("20.2600000001")
    assert found.lines[0] == BilledLine(date(2027, 3, 1), "BoxUsage:r6i.8xlarge", Decimal("20.1600000001"), Decimal(10))
    assert (found.requests, found.fee) == (2, Decimal("0.02"))


@pytest.mark.parametrize(
    ("usage", "kind"),
    [
        ("USW2-BoxUsage:r6i.8xlarge", "machine"),
        ("USW2-EBS:VolumeUsage.gp3", "disks"),
        ("USW2-EBS:SnapshotUsage", "snapshot"),
        ("USW2-PublicIPv4:InUseAddress", "public address"),
        ("USW2-PublicIPv4:IdleAddress", "public address"),
        ("USW2-DataTransfer-Out-Bytes", "traffic"),
        ("USW2-USE1-AWS-Out-Bytes", "traffic"),
        ("USW2-TimedStorage-ByteHrs", "archive"),
        ("HostedZone", "zone"),
        ("USW2-CW:AlarmMonitorUsage", "alarm"),
        ("Health-Check-AWS", "off page"),
        ("USW2-ApiGatewayHttpRequest", "off page"),
        ("USW2-Lambda-GB-Second-ARM", "off page"),
        ("USW2-Fargate-GB-Hours", "USW2-Fargate-GB-Hours"),
    ],
)
def test_usage_types_have_our_names_where_we_have_one(usage: str, kind: str) -> None:
    assert BilledLine(date(2027, 3, 1), usage, Decimal(1), Decimal(1)).kind == kind


@pytest.mark.parametrize(
    ("kind", "told"), [("SavingsPlanCoveredUsage", "a Savings Plan"), ("DiscountedUsage", "a reservation")]
)
def test_hours_that_somebody_has_committed_to_are_billed_and_told(kind: str, told: str) -> None:
    found = _billed(page("2027-03-01", group("BoxUsage:r6i.8xlarge", "20", "10", kind=kind)))

    assert (found.amount, found.lines[0].kind) == (20, "machine")
    assert found.notes[0].startswith(f"{told} of this account covers hours of the machine")


def test_an_empty_answer_has_no_lines() -> None:
    assert _billed({"ResultsByTime": []}).lines == ()
    assert _billed(page("2027-03-01", group("BoxUsage", "0", "0"))).lines == ()


def test_currencies_are_never_added_up() -> None:
    found = _billed(page("2027-03-01", group("a", "1", unit="EUR"), group("b", "2", unit="EUR"), group("c", "3")))

    assert (found.currency, found.amount) == ("EUR", 3)
    assert found.notes == ("AWS bills in several currencies: USD is left out of what is billed",)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "much", ""])
def test_an_amount_that_is_none_is_left_out_and_told(amount: str) -> None:
    found = _billed(page("2027-03-01", group("a", amount), group("b", "2")))

    assert (found.amount, found.notes) == (2, ("1 lines of Cost Explorer's answer cannot be read and are left out",))


def test_yesterday_is_not_complete_yet() -> None:
    assert _billed().settled == datetime(2027, 3, 9, tzinfo=UTC)
