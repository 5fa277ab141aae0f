"""The report from good meters and bad ones: what is not known is told, and no figure is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.billed import Billed, BilledLine
from pophub.core.cost.records import BudgetStep, Kind, as_line, of_hub, of_step
from pophub.core.cost.report import Report, report, reported
from pophub.core.cost.spent import spent
from pophub.core.cost.steps import Reached
from pophub.core.cost.timeline import read
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MACHINE, MONDAY, Boot, lines, week

MakeBasis = Callable[..., Basis]
SATURDAY = MONDAY + timedelta(days=5)
RATE = Decimal("2.016")


def test_a_week_by_hand(make_basis: MakeBasis) -> None:
    found = report(lines([*week(3)]), make_basis(), now=SATURDAY)
    use = found.use

    assert (use.hours_on, use.hours_off, use.people) == (50, 70, 3)
    # three people, five days, eight hours
    assert use.person_hours == 120
    # from 0.25 to 8.45 somebody is there
    assert use.idle_hours == 5 * (10 - Decimal("8.2"))
    assert use.idle_usd == pytest.approx(use.idle_hours * RATE, abs=Decimal("0.000001"))
    assert use.saved_usd == 70 * RATE
    assert found.parts[0].usd == 50 * RATE
    assert found.usd is not None
    assert use.usd_a_person_hour == pytest.approx(found.usd / 120, abs=Decimal("0.000001"))


def test_while_it_runs_the_rate_is_the_machines_and_the_disks(running_report: Report) -> None:
    assert running_report.running
    assert running_report.usd_an_hour == running_report.basis.tariff.usd_an_hour_running(MACHINE, 604)
    assert running_report.forecast is not None
    assert running_report.forecast.low < running_report.forecast.expected < running_report.forecast.high


def test_a_step_of_the_budget_has_the_watchs_moment_and_one_that_nobody_noted_has_none(make_basis: MakeBasis) -> None:
    basis = make_basis(budget_usd=20)
    noted = of_step(Boot().moment(8, off=timedelta(days=300)), BudgetStep(80, Decimal("16.01"), basis.budget))
    meter = lines(Boot().run(10, beats=20), [noted])
    found = report(meter, basis, now=SATURDAY)

    # by uptime: at that moment the machine's clock was wrong
    assert found.steps[0] == Reached(80, basis.budget, MONDAY + timedelta(hours=8), Decimal("16.01"))
    assert [(it.percent, it.at, it.spent_usd) for it in found.steps[1:]] == [(it, None, None) for it in (90, 95, 100)]
    # what was noted later is left out
    assert report(meter, basis, now=MONDAY + timedelta(hours=7)).steps == ()


def test_what_is_gone_costs_nothing_any_more_and_has_no_forecast(finished_report: Report) -> None:
    assert (finished_report.usd_an_hour, finished_report.forecast, finished_report.until) == (0, None, finished.GONE)


def test_the_curve_ends_at_the_total_and_never_falls(finished_report: Report) -> None:
    amounts = [usd for _, usd in finished_report.curve]

    assert (amounts[0], amounts[-1]) == (0, finished_report.usd)
    assert amounts == sorted(amounts)


def test_a_meter_without_a_record_is_not_a_hub_that_cost_nothing(make_basis: MakeBasis) -> None:
    found = report([], make_basis(), now=SATURDAY)

    assert (found.usd, found.usd_an_hour, found.forecast, found.people) == (None, None, None, ())
    assert found.notes[0] == "the meter has no record: what the hub has cost is not known"
    assert spent([], make_basis(), now=SATURDAY) is None


def test_a_machine_without_a_price_is_told_and_in_no_amount(make_basis: MakeBasis) -> None:
    found = report(lines(Boot().run(10, machine="m9i.large")), make_basis(), now=SATURDAY)

    assert (found.unpriced_hours, found.parts[0].usd, found.use.saved_usd) == (10, 0, None)
    assert "no price of m9i.large is known: 10.0000 hours of it are not included in any amount" in found.notes
    assert spent(lines(Boot().run(10, machine="m9i.large")), make_basis(), now=SATURDAY) is None


def test_a_resized_machine_costs_what_each_of_the_two_costs(make_basis: MakeBasis) -> None:
    smaller = Boot("boot-2", MONDAY + timedelta(days=1))
    found = report(lines(Boot().run(10), smaller.run(10, machine="r6i.xlarge")), make_basis(), now=SATURDAY)
    prices = make_basis().tariff.machines

    assert found.parts[0].usd == 10 * RATE + 10 * prices["r6i.xlarge"].usd_an_hour


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda whole: [*whole[:-1], whole[-1][:30]], "1 lines of the meter cannot be read"),
        (lambda whole: [*whole, *whole[:7]], "7 lines of the meter stood there twice and count once"),
        (lambda whole: [*reversed(whole)], "records were out of order"),
        (lambda whole: [whole[0], b"\0\0\0\n", *whole[1:]], "1 lines of the meter cannot be read"),
    ],
    ids=["cut mid-line", "duplicated", "out of order", "zeros"],
)
def test_a_damaged_meter_still_makes_a_report_that_says_so(
    make_basis: MakeBasis, change: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    whole = lines([*week()])
    found = report(change(whole), make_basis(), now=SATURDAY)

    assert any(told in note for note in found.notes), found.notes
    assert found.usd == report(whole, make_basis(), now=SATURDAY).usd


def test_a_clock_that_was_set_back_changes_no_amount(make_basis: MakeBasis) -> None:
    plain = [*week()]
    back = [
        record._replace(at=record.at - timedelta(hours=5))
        if record.kind is Kind.BEAT and "boot-2" in record.boot
        else record
        for record in plain
    ]
    one, two = (report(map(as_line, records), make_basis(), now=SATURDAY) for records in (plain, back))

    assert (one.usd, one.parts, one.people) == (two.usd, two.parts, two.people)


def test_a_meter_from_the_future_is_not_a_hub_that_cost_nothing(make_basis: MakeBasis) -> None:
    whole = lines([*week()])
    before, between = MONDAY - timedelta(days=1), MONDAY + timedelta(hours=30)
    early, late = (report(whole, make_basis(), now=now) for now in (before, between))

    assert (early.usd, spent(whole, make_basis(), now=before)) == (None, None)
    assert late.parts[0].usd == 16 * RATE
    assert all(any("what is later is not counted" in note for note in it.notes) for it in (early, late))


@pytest.mark.parametrize(("days", "told"), [(90, False), (91, True)])
def test_prices_older_than_90_days_are_told(make_basis: MakeBasis, days: int, told: bool) -> None:
    basis = make_basis()
    tariff = replace(basis.tariff, as_of=SATURDAY.date() - timedelta(days=days))
    found = report(lines([*week()]), replace(basis, tariff=tariff), now=SATURDAY)

    assert any(f"{days} days old: `pophub prices` asks AWS" in note for note in found.notes) is told


def test_the_age_of_prices_is_that_at_the_moment_of_the_report(make_basis: MakeBasis) -> None:
    basis = make_basis()
    tariff = replace(basis.tariff, as_of=SATURDAY.date())
    found = report(lines([*week()]), replace(basis, tariff=tariff), now=SATURDAY + timedelta(days=100), gone=SATURDAY)

    assert any("100 days old" in note for note in found.notes)


def test_within_a_run_the_rate_and_the_forecast_are_of_a_machine_that_runs(make_basis: MakeBasis) -> None:
    basis, noon = make_basis(), MONDAY + timedelta(hours=3)
    found = report(lines([*week()]), basis, now=noon)

    assert (found.running, found.usd_an_hour) == (True, basis.tariff.usd_an_hour_running(MACHINE, 604))
    assert found.forecast is not None
    assert found.forecast.cone[0][0] == noon
    assert found.forecast.low > found.usd + 5 * RATE


def test_stopping_a_machine_saved_what_that_machine_costs(make_basis: MakeBasis) -> None:
    basis = make_basis()
    small = Boot("boot-2", MONDAY + timedelta(hours=20))
    found = report(lines(Boot().run(10), small.run(10, machine="r6i.xlarge")), basis, now=MONDAY + timedelta(hours=35))

    assert found.use.saved_usd == 10 * RATE + 5 * basis.tariff.machines["r6i.xlarge"].usd_an_hour


def test_where_it_is_not_known_whether_it_runs_there_is_no_rate_and_no_forecast(make_basis: MakeBasis) -> None:
    heard = MONDAY + timedelta(hours=5)
    line = read(lines(Boot().run(5, clean=False)), now=heard + timedelta(hours=1), heard=heard)
    found = reported(line, make_basis(), now=heard + timedelta(hours=1))

    assert (found.running, found.usd_an_hour, found.forecast) == (None, None, None)
    assert found.parts[0].usd == 5 * RATE


def test_a_disk_of_unknown_size_is_told(make_basis: MakeBasis) -> None:
    found = report(lines([of_hub(Kind.STOP, Boot().moment(3))]), make_basis(), now=SATURDAY)

    assert (
        "the meter does not say how large the disk is: disks and address are not included in any amount" in found.notes
    )
    assert (found.usd_an_hour, found.forecast) == (None, None)


def test_servers_of_unknown_memory_are_told_and_their_hours_count(make_basis: MakeBasis) -> None:
    found = report(lines(Boot().run(10), Boot().visit("ada", 1, 3, None)), make_basis(), now=SATURDAY)

    assert (found.people[0].usd, found.people[0].hours) == (0, 2)
    assert any("1 servers it is not known how much memory" in note for note in found.notes)


def test_what_aws_says_about_itself_is_a_note(make_basis: MakeBasis) -> None:
    billed = Billed((), "USD", SATURDAY, 2, ("AWS has billed nothing under the event's tag yet",))
    found = report(lines([*week()]), make_basis(), now=SATURDAY, billed=billed)

    assert found.reconciled is None
    assert "AWS has billed nothing under the event's tag yet" in found.notes


@pytest.mark.parametrize(
    ("currency", "asked", "told"),
    [
        ("EUR", SATURDAY + timedelta(days=9), "AWS bills in EUR and the meter counts in USD: the two are not compared"),
        ("USD", MONDAY, "complete until 2027-02-28: there is nothing to compare with yet"),
    ],
)
def test_a_bill_that_cannot_be_compared_is_told_and_changes_no_amount(
    make_basis: MakeBasis, currency: str, asked: datetime, told: str
) -> None:
    line = BilledLine(date(2027, 3, 1), "USW2-BoxUsage:r6i.8xlarge", Decimal("20.5"), Decimal(10))
    whole, basis = lines([*week()]), make_basis()
    found = report(whole, basis, now=SATURDAY, billed=Billed((line,), currency, asked, 1))

    assert found.reconciled is None
    assert any(told in note for note in found.notes), found.notes
    assert (found.usd, found.parts) == (
        report(whole, basis, now=SATURDAY).usd,
        report(whole, basis, now=SATURDAY).parts,
    )


def test_billed_stands_beside_metered(make_basis: MakeBasis) -> None:
    line = BilledLine(date(2027, 3, 1), "USW2-BoxUsage:r6i.8xlarge", Decimal("20.5"), Decimal(10))
    billed = Billed((line,), "USD", datetime(2027, 3, 10, tzinfo=UTC), 1)
    found = report(lines([*week()]), make_basis(), now=SATURDAY, billed=billed)

    assert found.reconciled is not None
    assert found.reconciled.billed == Decimal("20.5")
