"""Rows that are rounded together still add up, whatever they are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pophub.core.cost.money import apportioned, plain, rounded, shown, total

amounts = st.lists(st.decimals(min_value=-10_000, max_value=10_000, places=9), max_size=40)
CENT = Decimal("0.01")


@given(amounts)
def test_rounded_rows_add_up_to_the_rounded_total(rows: list[Decimal]) -> None:
    assert total(apportioned(rows)) == rounded(total(rows))


@given(amounts)
def test_no_row_is_off_by_a_whole_cent(rows: list[Decimal]) -> None:
    assert all(abs(shown - exact) < CENT for shown, exact in zip(apportioned(rows), rows, strict=True))


@given(amounts)
def test_what_is_rounded_already_stays_as_it_is(rows: list[Decimal]) -> None:
    cents = apportioned(rows)

    assert apportioned(cents) == cents


def test_the_missing_cent_goes_to_the_row_that_lost_most_and_to_the_earlier_of_equals() -> None:
    third = Decimal(10) / 3

    assert apportioned([third, third, third]) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert apportioned([Decimal("1.001"), Decimal("1.009")]) == [Decimal("1.00"), Decimal("1.01")]


def test_a_sum_is_not_rounded_however_small_its_parts_are() -> None:
    assert total([Decimal(10**9), Decimal("1e-30")]) == Decimal("1000000000.000000000000000000000000000001")


@pytest.mark.parametrize(
    ("amount", "told"), [(None, "not known"), (Decimal("1234.5"), "1,234.50"), (Decimal("0.005"), "0.00")]
)
def test_a_person_reads_cents_and_what_is_not_known(amount: Decimal | None, told: str) -> None:
    assert shown(amount) == told


def test_a_number_has_no_needless_zeros() -> None:
    assert [plain(Decimal(it)) for it in ("48.0", "100", "0.250")] == ["48", "100", "0.25"]
