"""An event with workers: what each kind of machine cost, and that nothing is lost between people, machines and days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost.basis import Basis
from pophub.core.cost.capacity import HOUR_MS
from pophub.core.cost.ledger import ledger
from pophub.core.cost.machines import MachineRow, at_once, machines, most_at_once
from pophub.core.cost.money import EXACT
from pophub.core.cost.records import Record, as_line
from pophub.core.cost.report import Report, report
from pophub.core.cost.rows import BASE, HUB, UNUSED, Row
from pophub.core.cost.tariff import MACHINE, WORKER_ADDRESSES, WORKER_DISKS, WORKERS
from pophub.core.cost.timeline import milliseconds, read, timeline
from pophub.core.cost.worker import ON_DEMAND, SPOT
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]
SIX_DAYS = timedelta(days=6)
FIRST = Boot()
# a machine for the hub alone, and two kinds of workers
DAY = [
    FIRST.run(10, machine="m7i.large", on_workers=True),
    FIRST.worker("i-1", 1, 9, usd="0.25"),
    FIRST.worker("i-2", 1, 5, usd="0.15"),
    FIRST.worker("i-3", 2, 8, type_="r7i.xlarge", market=ON_DEMAND, usd=None),
    FIRST.visit("ada", 2, 6),
]


def _by_name(rows: tuple[Row, ...]) -> dict[str, Decimal]:
    return {row.what: row.usd for row in rows}


def _sum(rows: tuple[Row, ...]) -> Decimal:
    return sum((row.usd for row in rows), Decimal(0))


def test_each_kind_of_machine_is_a_row(make_basis: MakeBasis) -> None:
    found = report(lines(*DAY), make_basis(), now=MONDAY + SIX_DAYS)
    assert found.machines is not None
    rows = {row.what: row for row in found.machines.rows if isinstance(row, MachineRow)}

    assert {what: (row.count, row.most, row.hours) for what, row in rows.items()} == {
        f"{HUB}, m7i.large": (1, 1, 10),
        "workers, r7i.2xlarge spot": (2, 2, 12),
        "workers, r7i.xlarge on-demand": (1, 1, 6),
    }
    assert rows["workers, r7i.2xlarge spot"].usd == 8 * Decimal("0.25") + 4 * Decimal("0.15")
    listed = make_basis().tariff.machines["r7i.xlarge"].usd_an_hour
    assert rows["workers, r7i.xlarge on-demand"].usd == pytest.approx(6 * listed, abs=Decimal("0.000001"))
    assert _sum(found.machines.rows) == found.usd
    assert (len(found.machines.workers), found.machines.most_workers, found.machines.worker_hours) == (3, 3, 18)
    assert found.machines.now == 0


def test_workers_are_parts_with_their_disks_and_addresses(make_basis: MakeBasis) -> None:
    found = report(lines(*DAY), make_basis(), now=MONDAY + SIX_DAYS)
    parts, tariff = _by_name(found.parts), make_basis().tariff

    assert parts[HUB] == pytest.approx(10 * tariff.machines["m7i.large"].usd_an_hour, abs=Decimal("0.000001"))
    assert parts[WORKERS] == pytest.approx(
        Decimal("2.6") + 6 * tariff.machines["r7i.xlarge"].usd_an_hour, abs=Decimal("0.000001")
    )
    assert parts[WORKER_DISKS] == pytest.approx(18 * 40 * tariff.disk_usd_a_gib_hour, abs=Decimal("0.000001"))
    assert parts[WORKER_ADDRESSES] == 18 * tariff.address_usd_an_hour
    assert MACHINE not in parts


def test_the_hub_s_machine_is_nobody_s_share(make_basis: MakeBasis) -> None:
    found = report(lines(*DAY), make_basis(), now=MONDAY + SIX_DAYS)
    whom, parts = _by_name(found.whom), _by_name(found.parts)

    assert [row.what for row in found.nobodys] == [UNUSED, HUB, BASE]
    assert whom[HUB] == parts[HUB]
    assert sum(whom.values()) == found.usd
    assert 0 < whom["participant 1"] < parts[WORKERS]


def test_an_event_that_gets_workers_later_had_its_servers_on_the_hub_until_then(make_basis: MakeBasis) -> None:
    tuesday = Boot("boot-2", MONDAY + timedelta(days=1))
    after = [tuesday.run(10, on_workers=True), tuesday.worker("i-1", 0, 10), tuesday.visit("bob", 1, 3)]
    found = report(
        lines(FIRST.run(10), FIRST.visit("ada", 1, 3), *after), make_basis(), now=MONDAY + SIX_DAYS, names=True
    )
    whom, listed = _by_name(found.whom), make_basis().tariff.machines["r6i.8xlarge"].usd_an_hour

    assert whom[HUB] == 10 * listed
    assert whom["ada"] > whom["bob"] > 0
    assert _by_name(found.parts)[HUB] == 20 * listed
    assert sum(whom.values()) == found.usd


def test_a_worker_goes_on_costing_while_the_hub_is_off(make_basis: MakeBasis) -> None:
    again = Boot("boot-2", MONDAY + timedelta(hours=12))
    story = [FIRST.run(10, on_workers=True), FIRST.worker("i-1", 0, None)]
    story += [again.run(1, on_workers=True), again.worker("i-1", 0, 1)]
    found = report(lines(*story), make_basis(), now=MONDAY + SIX_DAYS)

    assert _by_name(found.parts)[WORKERS] == 13 * Decimal("0.2")
    assert found.use.hours_on == 11


def test_in_a_run_that_noted_no_worker_people_still_share_the_one_that_ran(make_basis: MakeBasis) -> None:
    second, third = (Boot(f"boot-{it}", MONDAY + timedelta(hours=12 * it - 12)) for it in (2, 3))
    story = [FIRST.run(10, machine="m7i.large", on_workers=True), FIRST.worker("i-1", 0, None, usd="1")]
    story += [second.run(5, machine="m7i.large"), second.visit("ada", 1, 3)]
    story += [third.run(1, machine="m7i.large", on_workers=True), third.worker("i-1", 0, 1, usd="1")]
    found = report(lines(*story), make_basis(), now=MONDAY + SIX_DAYS, names=True)
    whom, tariff = _by_name(found.whom), make_basis().tariff

    assert _by_name(found.parts)[WORKERS] == 25
    assert whom[HUB] == pytest.approx(16 * tariff.machines["m7i.large"].usd_an_hour, abs=Decimal("0.000001"))
    # 4 GiB for two hours, of a worker with 64 GiB for 1 USD an hour
    assert whom["ada"] == pytest.approx(8 * Decimal(1) / 64, abs=Decimal("0.000001"))


def test_what_it_costs_now_has_the_workers_of_now_in_it(make_basis: MakeBasis) -> None:
    basis, now = make_basis(), MONDAY + timedelta(hours=9)
    without = report(lines(FIRST.run(10, on_workers=True)), basis, now=now).usd_an_hour
    two = [
        FIRST.worker("i-1", 1, None, usd="0.25"),
        FIRST.worker("i-2", 1, 5),
        FIRST.worker("i-3", 1, None, usd="0.15"),
    ]
    found = report(lines(FIRST.run(10, on_workers=True), *two), basis, now=now).usd_an_hour

    assert without is not None
    assert found == without + Decimal("0.4") + 2 * (
        40 * basis.tariff.disk_usd_a_gib_hour + basis.tariff.address_usd_an_hour
    )


def test_a_worker_without_any_price_is_named_and_in_no_amount(make_basis: MakeBasis) -> None:
    found = report(
        lines(*DAY, FIRST.worker("i-4", 1, 3, type_="x9z.large", usd=None)), make_basis(), now=MONDAY + SIX_DAYS
    )

    assert found.unpriced_hours == 2
    assert "no price of x9z.large is known: 2.0000 hours of it are not included in any amount" in found.notes


def test_one_machine_has_no_rows(make_basis: MakeBasis) -> None:
    line = timeline(FIRST.run(10), now=MONDAY + SIX_DAYS)
    account = ledger(line, make_basis().tariff, milliseconds(MONDAY), line.now)

    assert machines(line, account, make_basis().tariff) is None


def test_machines_at_once_are_counted_without_gaps() -> None:
    lives = timeline([it for story in DAY for it in story], now=MONDAY + SIX_DAYS).workers
    start = milliseconds(MONDAY)

    assert [((a - start) / HOUR_MS, (b - start) / HOUR_MS, n) for a, b, n in at_once(lives)] == [
        (1, 2, 2), (2, 5, 3), (5, 8, 2), (8, 9, 1),
    ]  # fmt: skip
    assert (most_at_once(lives), most_at_once([])) == (3, 0)


hours = st.floats(0, 30)
TYPES = st.sampled_from(["r7i.2xlarge", "r7i.xlarge", "m7i.large", "x9z.large"])


@st.composite
def _story(draw: st.DrawFn) -> list[bytes]:
    """Births, ends and servers at random, clocks that are set, stops that nobody notes, records twice."""
    records: list[Record] = []
    for number in range(draw(st.integers(1, 3))):
        # the clock is that of its boot plus an error
        off = timedelta(hours=draw(st.sampled_from([0, 0, -9000, 7])))
        boot = Boot(f"boot-{number}", MONDAY + timedelta(hours=40 * number) + off)
        length = draw(st.floats(0.1, 39))
        on_workers = draw(st.booleans())
        records += boot.run(length, machine="m7i.large", clean=draw(st.booleans()), beats=3, on_workers=on_workers)
        for name in draw(st.lists(st.sampled_from([f"i-{it}" for it in range(5)]), max_size=6)):
            start, end = sorted((draw(hours), draw(hours)))
            market = draw(st.sampled_from([SPOT, ON_DEMAND]))
            usd, age = draw(st.sampled_from(["0.1234567", "0.3", None])), draw(st.floats(0, 3))
            noted = draw(st.sampled_from([min(end, length), None]))
            records += boot.worker(name, min(start, length), noted, type_=draw(TYPES), market=market, usd=usd, age=age)
        for who in draw(st.lists(st.sampled_from(["ada", "bob", "eve"]), max_size=5)):
            start, end = sorted((draw(hours), draw(hours)))
            noted = draw(st.sampled_from([min(end, length), None]))
            records += boot.visit(who, min(start, length), noted, draw(st.sampled_from(["0.5", "7", "300", None])))
    written = [as_line(it) for it in sorted(records, key=lambda it: (it.boot, it.up_ms))]
    return [*written, *draw(st.lists(st.sampled_from(written), max_size=3))]


def _tables(found: Report) -> dict[str, tuple[Row, ...]]:
    return {
        "parts": found.parts, "whom": found.whom, "days": found.days, "sessions": found.sessions,
        "machines": found.machines.rows if found.machines else found.parts,
    }  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(_story(), st.floats(1, 160))
def test_people_unused_capacity_hub_and_base_are_all_there_is(
    make_basis: MakeBasis, story: list[bytes], at: float
) -> None:
    found = report(story, make_basis(), now=MONDAY + timedelta(hours=at))

    assert {name: _sum(rows) for name, rows in _tables(found).items()} == dict.fromkeys(_tables(found), found.usd or 0)
    assert all(row.usd >= 0 for rows in _tables(found).values() for row in rows)


@settings(deadline=None, max_examples=150)
@given(_story(), st.floats(1, 160), st.lists(st.floats(0, 160), max_size=4))
def test_the_ledger_of_an_event_with_workers_adds_up_to_the_last_place(
    make_basis: MakeBasis, story: list[bytes], at: float, cuts: list[float]
) -> None:
    tariff, line = make_basis().tariff, read(story, now=MONDAY + timedelta(hours=at))
    edges = sorted({line.born, line.now, *(line.born + round(it * HOUR_MS) for it in cuts)})
    edges = [it for it in edges if it <= line.now]
    with localcontext(EXACT):
        whole = ledger(line, tariff, line.born, line.now)
        pieces = [ledger(line, tariff, *pair) for pair in pairwise(edges)]
        assert sum(it.usd for it in pieces) == whole.usd
        for cell in whole.cells:
            # nobody pays for more than there is, and the hub's machine is in nobody's share
            assert 0 <= cell.people <= cell.usable <= cell.usable + cell.hub <= cell.machines_usd
        people = sum(it.usd for it in whole.people.values())
        unused = sum(cell.usable - cell.people for cell in whole.cells)
        standing = sum(cell.usd - cell.usable - cell.hub for cell in whole.cells)
        assert people + unused + standing + sum(cell.hub for cell in whole.cells) == whole.usd
        lived = sum(
            (it.end - it.start)
            * round((tariff.worker_usd_an_hour(it.type, it.usd_an_hour) or Decimal(0)) / HOUR_MS, 24)
            for it in line.workers
        )
        assert sum(cell.parts.get(WORKERS, Decimal(0)) for cell in whole.cells) == lived
