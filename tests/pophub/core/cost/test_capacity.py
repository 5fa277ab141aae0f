"""What the memory of the workers costs, moment by moment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pophub.core.cost.capacity import HOUR_MS, Workers, Workforce
from pophub.core.cost.lives import Life
from pophub.core.cost.tariff import WORKER_ADDRESSES, WORKER_DISKS, WORKERS, MachinePrice, Tariff
from pophub.core.cost.worker import ON_DEMAND, SPOT

PRICES = Tariff(
    "us-west-2", date(2026, 10, 1), {"big": MachinePrice(Decimal(50), Decimal(2))}, Decimal("0.0001"), Decimal("0.005")
)


def _life(id_: str, start: int, end: int, type_: str = "big", usd: str | None = None) -> Life:
    return Life(id_, type_, SPOT if usd else ON_DEMAND, usd and Decimal(usd), start, end, known=True)


def _an_hour(amount: Decimal) -> Decimal:
    return round(amount * HOUR_MS, 9)


def test_what_runs_at_a_moment_costs_its_machines_disks_and_addresses() -> None:
    workforce = Workforce([_life("i-1", 10, 30), _life("i-2", 20, 40, usd="0.5")], PRICES)
    counts, machines = [], []
    for moment in (9, 10, 20, 30, 40):
        now = workforce.at(moment)
        counts.append(now.count)
        machines.append(_an_hour(now.parts[WORKERS]))
        assert _an_hour(now.parts[WORKER_DISKS]) == now.count * 40 * Decimal("0.0001")
        assert _an_hour(now.parts[WORKER_ADDRESSES]) == now.count * Decimal("0.005")

    assert counts == [0, 1, 2, 1, 0]
    assert machines == [0, 2, Decimal("2.5"), Decimal("0.5"), 0]


def test_people_share_what_all_workers_have_together() -> None:
    both = Workforce([_life("i-1", 0, 9), _life("i-2", 0, 9, usd="0.5")], PRICES).at(0).capacity

    assert both is not None
    # 50 GiB, of which 4 % are the kernel's and half a GiB the system's
    assert both.usable_gib == 2 * Decimal("47.5")
    assert _an_hour(both.usable_usd) == Decimal("2.5") * Decimal("47.5") / 50
    assert _an_hour(both.gib(Decimal(10))) == pytest.approx(Decimal("2.5") / 100, abs=Decimal("1e-9"))
    assert _an_hour(both.gib(Decimal("237.5"))) == pytest.approx(Decimal("0.01"), abs=Decimal("1e-9"))


def test_where_no_worker_runs_people_can_use_nothing() -> None:
    assert Workers().capacity is None
    assert Workforce([_life("i-1", 0, 9)], PRICES).at(9).capacity is None


def test_a_type_that_is_in_no_table_costs_what_was_noted_and_has_no_known_memory() -> None:
    noted = Workforce([_life("i-1", 0, 9, "odd", "0.3")], PRICES).at(0)
    unknown = Workforce([_life("i-1", 0, 9, "odd")], PRICES).at(0)

    assert (_an_hour(noted.parts[WORKERS]), noted.capacity, noted.unpriced) == (Decimal("0.3"), None, 0)
    assert (unknown.parts[WORKERS], unknown.capacity, unknown.unpriced) == (0, None, 1)
