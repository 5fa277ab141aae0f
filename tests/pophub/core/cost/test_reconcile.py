"""From metered to billed: every step has its reason, and what has none is called unexplained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.billed import Billed, BilledLine
from pophub.core.cost.reconcile import Reconciled, reconcile
from pophub.core.cost.records import Record
from pophub.core.cost.timeline import timeline
from tests.pophub.core.cost.story import MONDAY, Boot, week

MakeBasis = Callable[..., Basis]
SATURDAY = MONDAY + timedelta(days=5)
NOW = datetime(2027, 3, 20, tzinfo=UTC)
BOX, DISK, ADDRESS = "USW2-BoxUsage:r6i.8xlarge", "USW2-EBS:VolumeUsage.gp3", "USW2-PublicIPv4:InUseAddress"
HOURS = 120
# as AWS counts: 31 days of March
DISKS = 644 * Decimal("0.08") * HOURS / (31 * 24)


def _line(usage: str, amount: Decimal | str, quantity: Decimal | str = "1", day: int = 2) -> BilledLine:
    return BilledLine(date(2027, 3, day), usage, Decimal(amount), Decimal(quantity))


def _found(
    basis: Basis, *lines: BilledLine, records: list[Record] | None = None, now: datetime = NOW, currency: str = "USD"
) -> Reconciled | None:
    line = timeline(week() if records is None else records, now=SATURDAY)
    return reconcile(line, basis.tariff, Billed(lines, currency, now, 1), (MONDAY, SATURDAY))


def _because(found: Reconciled | None) -> dict[str, Decimal]:
    assert found is not None
    assert found.metered + sum(row.usd for row in found.because) == found.billed
    return {row.what: row.usd for row in found.because}


EXACT = (_line(BOX, 50 * Decimal("2.016"), "50"), _line(DISK, DISKS), _line(ADDRESS, "0.6"))


def test_what_aws_counts_as_we_do_leaves_nothing_to_explain(make_basis: MakeBasis) -> None:
    because = _because(_found(make_basis(), *EXACT))

    assert set(because) == {"disks: AWS counts by the hours of each month, the meter by 730", "unexplained"}
    assert abs(because["unexplained"]) < Decimal("0.00001")


def test_what_is_not_metered_is_named(make_basis: MakeBasis) -> None:
    because = _because(
        _found(make_basis(), *EXACT, _line("USW2-DataTransfer-Out-Bytes", "3.2"), _line("USW2-Lambda", "0.1"))
    )

    assert because["traffic: billed, and not metered"] == Decimal("3.2")
    assert because["USW2-Lambda: billed, and not metered"] == Decimal("0.1")


def test_a_discount_is_a_price_and_not_an_hour(make_basis: MakeBasis) -> None:
    because = _because(_found(make_basis(), _line(BOX, "75.6", "50"), *EXACT[1:]))

    assert because["machine: AWS charged 1.5120 an hour, the list says 2.016"] == Decimal("75.6") - 50 * Decimal(
        "2.016"
    )
    assert abs(because["unexplained"]) < Decimal("0.00001")


def test_the_seconds_before_a_boot_are_named(make_basis: MakeBasis) -> None:
    hours = Decimal("50.06")
    because = _because(_found(make_basis(), _line(BOX, hours * Decimal("2.016"), str(hours)), *EXACT[1:]))

    assert because["machine: the seconds before each boot"] == pytest.approx(Decimal("0.06") * Decimal("2.016"))


def test_hours_in_which_the_meter_was_silent_are_named(make_basis: MakeBasis) -> None:
    next_day = Boot("boot-2", MONDAY + timedelta(days=1))
    records = [*Boot().run(10, clean=False), *next_day.run(10)]
    because = _because(_found(make_basis(), _line(BOX, 25 * Decimal("2.016"), "25"), records=records))

    assert because["machine: hours in which the meter was silent"] == 5 * Decimal("2.016")


def test_silence_explains_no_hour_of_a_day_on_which_the_meter_spoke(make_basis: MakeBasis) -> None:
    # silent from Tuesday 02:45 UTC to Saturday; what AWS counts too much on Monday has another reason
    story = Boot().run(10, clean=False)
    machine = [
        _line(BOX, hours * Decimal("2.016"), str(hours), day) for day, hours in ((1, Decimal(20)), (2, Decimal("5.75")))
    ]
    because = _because(_found(make_basis(), *machine, *EXACT[1:], records=story))

    assert because["machine: hours in which the meter was silent"] == Decimal("3.02") * Decimal("2.016")
    assert because["unexplained"] == pytest.approx(
        (Decimal("12.75") - Decimal("0.02")) * Decimal("2.016"), abs=Decimal("0.00001")
    )


def test_hours_that_nobody_can_explain_are_called_so(make_basis: MakeBasis) -> None:
    because = _because(_found(make_basis(), _line(BOX, 60 * Decimal("2.016"), "60"), *EXACT[1:]))

    assert because["unexplained"] == pytest.approx(10 * Decimal("2.016"), abs=Decimal("0.00001"))


def test_only_what_billing_has_settled_is_compared(make_basis: MakeBasis) -> None:
    found = _found(make_basis(), *EXACT, _line(BOX, "7", day=4), now=datetime(2027, 3, 4, 12, tzinfo=UTC))

    assert found is not None
    assert found.until == datetime(2027, 3, 3, tzinfo=UTC)
    assert found.billed < 110


def test_the_day_on_which_the_hub_went_counts(make_basis: MakeBasis) -> None:
    saturday, sunday = _line(BOX, "7", day=6), _line(BOX, "9", day=7)
    found, without = _found(make_basis(), *EXACT, saturday, sunday), _found(make_basis(), *EXACT)

    assert found is not None
    assert without is not None
    assert found.billed - without.billed == 7


@pytest.mark.parametrize(
    ("lines", "now", "currency"),
    [((), NOW, "USD"), (EXACT, NOW, "EUR"), (EXACT, MONDAY, "USD")],
    ids=["nothing billed", "another currency", "nothing settled"],
)
def test_what_cannot_be_compared_is_not(
    make_basis: MakeBasis, lines: tuple[BilledLine, ...], now: datetime, currency: str
) -> None:
    assert _found(make_basis(), *lines, now=now, currency=currency) is None


amounts = st.decimals(0, 1000, places=10)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([BOX, DISK, ADDRESS, "x", "EBS:SnapshotUsage"]), amounts, amounts, st.integers(1, 6)),
        min_size=1,
    )
)
def test_the_way_from_metered_to_billed_adds_up_whatever_was_billed(
    make_basis: MakeBasis, billed: list[tuple[str, Decimal, Decimal, int]]
) -> None:
    lines = [BilledLine(date(2027, 3, day), usage, amount, quantity) for usage, amount, quantity, day in billed]
    found = _found(make_basis(), *lines)

    if found is not None:
        assert found.metered + sum(row.usd for row in found.because) == found.billed
