"""From metered to billed for an event with workers: each type and market of machines by itself."""

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
from tests.pophub.core.cost.story import MONDAY, Boot, day_on_workers

MakeBasis = Callable[..., Basis]
SATURDAY = MONDAY + timedelta(days=5)
NOW = datetime(2027, 3, 20, tzinfo=UTC)
HUB, SPOT, LISTED = "USW2-BoxUsage:m7i.large", "USW2-SpotUsage:r7i.2xlarge", "USW2-BoxUsage:r7i.xlarge"


def _line(usage: str, amount: Decimal | str, hours: Decimal | str) -> BilledLine:
    return BilledLine(date(2027, 3, 2), usage, Decimal(amount), Decimal(hours))


def _found(basis: Basis, *lines: BilledLine, records: list[Record] | None = None) -> Reconciled:
    line = timeline(records or [*day_on_workers()], now=SATURDAY)
    found = reconcile(line, basis.tariff, Billed(lines, "USD", NOW, 1), (MONDAY, SATURDAY))
    assert found is not None
    assert found.metered + sum(row.usd for row in found.because) == found.billed
    return found


def _because(found: Reconciled) -> dict[str, Decimal]:
    return {row.what: row.usd for row in found.because if "disks" not in row.what}


@pytest.fixture
def exact(make_basis: MakeBasis) -> tuple[BilledLine, ...]:
    """What AWS charges if it counts as we do: the hub 10 hours, 12 of spot workers, 6 of a listed one; and the rest."""
    tariff = make_basis().tariff
    hub, listed = (tariff.machines[it].usd_an_hour for it in ("m7i.large", "r7i.xlarge"))
    disks = (644 * 120 + 40 * 18) * Decimal("0.08") / (31 * 24)
    return (
        _line(HUB, 10 * hub, "10"),
        _line(SPOT, "2.6", "12"),
        _line(LISTED, 6 * listed, "6"),
        _line("USW2-EBS:VolumeUsage.gp3", disks, "1"),
        _line("USW2-PublicIPv4:InUseAddress", (120 + 18) * tariff.address_usd_an_hour, "138"),
    )


def test_each_type_is_compared_by_itself(make_basis: MakeBasis, exact: tuple[BilledLine, ...]) -> None:
    found = _found(make_basis(), *exact)
    kinds = {it.what: (round(it.metered, 4), round(it.billed, 4)) for it in found.by_kind}

    assert [*kinds] == ["m7i.large on-demand", "r7i.2xlarge spot", "r7i.xlarge on-demand", "disks", "public address"]
    assert kinds["r7i.2xlarge spot"] == (Decimal("2.6"), Decimal("2.6"))
    assert all(metered == billed for what, (metered, billed) in kinds.items() if what != "disks")
    assert [*_because(found)] == ["unexplained"]
    assert abs(found.unexplained) < Decimal("0.00001")


def test_a_spot_price_that_moved_is_a_price_and_not_an_hour(
    make_basis: MakeBasis, exact: tuple[BilledLine, ...]
) -> None:
    found = _found(make_basis(), exact[0], _line(SPOT, "3.6", "12"), *exact[2:])

    assert _because(found)["r7i.2xlarge spot: AWS charged 0.3000 an hour, the meter counted 0.2167"] == 1
    assert abs(found.unexplained) < Decimal("0.00001")


@pytest.mark.parametrize("hours", ["6.015", "5.985"])
def test_the_seconds_around_a_start_are_named(make_basis: MakeBasis, exact: tuple[BilledLine, ...], hours: str) -> None:
    listed = make_basis().tariff.machines["r7i.xlarge"].usd_an_hour
    found = _found(make_basis(), *exact[:2], _line(LISTED, Decimal(hours) * listed, hours), *exact[3:])

    assert _because(found)["r7i.xlarge on-demand: the seconds around each start"] == pytest.approx(
        (Decimal(hours) - 6) * listed, abs=Decimal("0.000001")
    )
    assert abs(found.unexplained) < Decimal("0.00001")


def test_a_worker_whose_end_nobody_saw_may_have_run_for_half_an_hour(
    make_basis: MakeBasis, exact: tuple[BilledLine, ...]
) -> None:
    boot = Boot()
    story = [*boot.run(10, machine="m7i.large"), *boot.worker("i-1", 0, None, usd="0.2")]
    found = _found(make_basis(), exact[0], _line(SPOT, Decimal("2.2"), "11"), *exact[3:], records=story)

    assert _because(found)["r7i.2xlarge spot: hours in which the meter was silent"] == Decimal("0.52") * Decimal("0.2")
    assert _because(found)["unexplained"] != 0


def test_a_type_that_no_meter_saw_is_named(make_basis: MakeBasis, exact: tuple[BilledLine, ...]) -> None:
    found = _found(make_basis(), *exact, _line("USW2-SpotUsage:r7a.2xlarge", "0.7", "3"))

    assert _because(found)["r7a.2xlarge spot: billed, and not metered"] == Decimal("0.7")
    assert found.by_kind[-1].what == "r7a.2xlarge spot"


def test_a_line_knows_its_machine() -> None:
    lines = [HUB, SPOT, "BoxUsage:r7i.xlarge", "USW2-EBS:VolumeUsage.gp3"]

    assert [_line(it, "1", "1").machine for it in lines] == [
        "m7i.large on-demand", "r7i.2xlarge spot", "r7i.xlarge on-demand", "",
    ]  # fmt: skip


amounts = st.decimals(0, 1000, places=10)
USAGES = [HUB, SPOT, LISTED, "USW2-SpotUsage:m7i.large", "USW2-EBS:VolumeUsage.gp3", "x"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(USAGES), amounts, amounts), min_size=1))
def test_the_way_from_metered_to_billed_adds_up_whatever_was_billed(
    make_basis: MakeBasis, billed: list[tuple[str, Decimal, Decimal]]
) -> None:
    found = _found(make_basis(), *(BilledLine(date(2027, 3, 2), *it) for it in billed))
    ours, theirs = (sum(getattr(it, side) for it in found.by_kind) for side in ("metered", "billed"))

    assert (round(ours, 6), round(theirs, 6)) == (round(found.metered, 6), round(found.billed, 6))
