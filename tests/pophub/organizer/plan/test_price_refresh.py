"""The price tables anew: what AWS tells is written, what it does not tell stays, and half an answer writes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.paths import PRICE_TABLES, ROOT
from pophub.organizer.plan import prices
from pophub.organizer.plan.price_refresh import Change, refresh
from pophub.organizer.plan.prices import InstanceType
from tests.pophub.organizer.plan.price_lists import PriceList, machine_product, product

TODAY = date(2027, 1, 15)


class Sells(PriceList):
    """An AWS that tells the prices of our tables, and in every region sells these machines besides."""

    def __init__(self, *names: str, **usd: str) -> None:
        super().__init__()
        self._others = [
            InstanceType(name, 2 * count, Decimal(16 * count), Decimal("0.1250") * count, "x86_64")
            for count, name in enumerate(names, 1)
        ]
        # other prices than the tables', by the size of an r6i
        self._usd = usd

    def products_of(self, region: str) -> Iterator[dict[str, Any]]:
        if self.wanted.get("productFamily") == "Storage":
            yield product(str(prices.rate("gp3_storage", region).usd))
            return
        for machine in (*prices.region_prices(region).machines, *self._others):
            family, _, size = machine.name.partition(".")
            usd = self._usd.get(f"_{size}") if family == "r6i" else None
            yield machine_product(replace(machine, usd_per_hour=Decimal(usd)) if usd else machine)


AWS = Sells()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables."""
    for table in PRICE_TABLES.glob("*.csv"):
        shutil.copy(table, tmp_path)
    return tmp_path


def _rows(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith("#")]


def test_the_same_prices_change_nothing_but_the_date(tables: Path) -> None:
    assert refresh(tables, AWS, today=TODAY) == []
    assert _rows(tables / "ec2-prices.csv") == _rows(PRICE_TABLES / "ec2-prices.csv")
    assert "# as_of: 2027-01-15\n" in (tables / "ec2-prices.csv").read_text()


def test_the_other_prices_keep_their_date_because_nobody_looked_at_them(tables: Path) -> None:
    refresh(tables, AWS, today=TODAY)

    assert f"# as_of: {prices.OTHERS_AS_OF}\n" in (tables / "other-prices.csv").read_text()
    assert "snapshot,us-west-2,gb_month,0.05" in (tables / "other-prices.csv").read_text()
    assert (
        "gp3_storage,us-west-2,gb_month,0.08,AWS Price List API; 2027-01-15"
        in (tables / "other-prices.csv").read_text()
    )


def test_after_a_refresh_nothing_is_called_old_that_a_refresh_asks_for(tables: Path, tmp_path: Path) -> None:
    refresh(tables, AWS, today=TODAY)
    shutil.copytree(PRICE_TABLES.parent, tmp_path / "plan")
    for table in tables.glob("*.csv"):
        shutil.copy(table, tmp_path / "plan" / "data")
    told = subprocess.run(
        [sys.executable, "-c", "from plan import prices; print(prices.AS_OF, prices.OTHERS_AS_OF)"],
        cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout.split() == ["2027-01-15", "2026-10-01"]


def test_a_new_price_is_written_and_told(tables: Path) -> None:
    changes = refresh(tables, Sells(_8xlarge="2.5000000000"), today=TODAY)

    assert Change("r6i.8xlarge", "us-west-2", Decimal("2.016"), Decimal("2.5")) in changes
    assert any(
        row.startswith("us-west-2,r6i.8xlarge,") and row.endswith(",2.5") for row in _rows(tables / "ec2-prices.csv")
    )


def test_a_family_that_is_asked_for_is_added_with_all_its_sizes(tables: Path) -> None:
    aws = Sells("r9x.large", "r9x.xlarge", "r9x.metal-48xl", "m9x.large")
    changes = refresh(tables, aws, today=TODAY, families=["r9x"])

    assert {change.what for change in changes} == {"r9x.large", "r9x.xlarge"}
    assert Change("r9x.xlarge", "us-west-2", None, Decimal("0.25")) in changes
    new = [row for row in _rows(tables / "ec2-prices.csv") if row not in _rows(PRICE_TABLES / "ec2-prices.csv")]
    assert new[-2:] == ["us-west-2,r9x.large,x86_64,2,16,0.125", "us-west-2,r9x.xlarge,x86_64,4,32,0.25"]
    assert _rows(tables / "ec2-prices.csv") == sorted(_rows(tables / "ec2-prices.csv"), key=by_region)


def by_region(row: str) -> tuple[bool, str]:
    """The head first."""
    return not row.startswith("region,"), row.partition(",")[0]


def test_a_family_that_nobody_sells_is_refused_and_nothing_written(
    tables: Path,
) -> None:
    with pytest.raises(PophubError, match="AWS lists no machine of r9y"):
        refresh(tables, Sells("r9x.large"), today=TODAY, families=["r9x", "r9y"])

    assert _rows(tables / "ec2-prices.csv") == _rows(PRICE_TABLES / "ec2-prices.csv")


def test_a_price_that_is_not_told_stays_and_is_told(tables: Path) -> None:
    changes = refresh(tables, PriceList(), today=TODAY)

    assert {change.now for change in changes} == {None}
    assert _rows(tables / "ec2-prices.csv") == _rows(PRICE_TABLES / "ec2-prices.csv")


def test_an_aws_that_stops_answering_leaves_the_tables_as_they_are(
    tables: Path,
) -> None:
    class FallsSilent(Sells):
        def products_of(self, region: str) -> Iterator[dict[str, Any]]:
            if self.wanted.get("productFamily") == "Storage":
                raise PophubError("AWS could not be reached")
            return super().products_of(region)

    with pytest.raises(PophubError):
        refresh(tables, FallsSilent(_8xlarge="2.5000000000"), today=TODAY)

    for table in PRICE_TABLES.glob("*.csv"):
        assert (tables / table.name).read_bytes() == table.read_bytes()
