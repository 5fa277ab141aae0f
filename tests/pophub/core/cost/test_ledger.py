"""Who and what cost how much: by hand for one machine and three people, and what must hold for any meter."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pophub.core.cost.ledger import Ledger, ledger
from pophub.core.cost.records import Kind, Record, of_hub
from pophub.core.cost.tariff import ADDRESS, HOMES, MACHINE, SYSTEM, MachinePrice, Tariff
from pophub.core.cost.timeline import Timeline, milliseconds, timeline
from tests.pophub.core.cost.story import MONDAY, Boot

HOUR = 3_600_000
START = milliseconds(MONDAY)
# 10 GiB of which 3 % are the kernel's and 2 the hub's: 7.7 for participants
PRICES = Tariff(
    "us-west-2",
    date(2026, 10, 1),
    {"small": MachinePrice(Decimal(10), Decimal(2)), "odd": MachinePrice(Decimal(7), Decimal("0.0832"))},
    Decimal("0.0001"),
    Decimal("0.005"),
)
STANDING = 604 * Decimal("0.0001") + 40 * Decimal("0.0001") + Decimal("0.005")
TEN_DAYS = timedelta(days=10)


def _line(*stories: list[Record]) -> Timeline:
    return timeline([record for story in stories for record in story], now=MONDAY + TEN_DAYS)


def _ledger(line: Timeline, first: float = 0, last: float = 240, cuts: tuple[int, ...] = ()) -> Ledger:
    return ledger(line, PRICES, START + round(first * HOUR), START + round(last * HOUR), cuts)


def _close(amount: Decimal, expected: object) -> bool:
    return bool(amount == pytest.approx(Decimal(str(expected)), abs=Decimal("1e-9")))


def test_a_machine_costs_while_it_runs_and_the_disks_until_they_are_gone() -> None:
    found = _ledger(_line(Boot().run(10, machine="small")))
    parts = {part: sum(cell.parts[part] for cell in found.cells) for part in (MACHINE, HOMES, SYSTEM, ADDRESS)}

    assert _close(parts[MACHINE], 20)
    assert _close(parts[HOMES], 240 * 604 * Decimal("0.0001"))
    assert _close(parts[SYSTEM], 240 * 40 * Decimal("0.0001"))
    assert _close(parts[ADDRESS], 240 * Decimal("0.005"))
    assert _close(found.usd, 20 + 240 * STANDING)


def test_nothing_costs_before_the_hub_was_there() -> None:
    found = _ledger(_line(Boot().run(10, machine="small")), -5, 0)

    assert (found.usd, [cell.on for cell in found.cells]) == (0, [False])


def test_people_pay_for_their_memory_as_long_as_they_have_it() -> None:
    boot = Boot()
    found = _ledger(_line(boot.run(10, machine="small"), boot.visit("ada", 1, 3, "4"), boot.visit("bob", 2, 4, "2")))

    # 2 USD an hour, of which 7.7 tenths are for participants, by 7.7 GiB: 0.2 USD for a GiB and an hour
    assert _close(found.people["ada"].usd, Decimal("0.2") * 4 * 2)
    assert _close(found.people["bob"].usd, Decimal("0.2") * 2 * 2)
    assert (found.people["ada"].ms, found.people["ada"].gib_ms, found.people["ada"].servers) == (2 * HOUR, 8 * HOUR, 1)
    assert sum(cell.person_ms for cell in found.cells) == 4 * HOUR
    assert sum(cell.idle_ms for cell in found.cells) == 7 * HOUR


def test_a_rehearsal_pays_for_itself_and_nobody_came() -> None:
    boot = Boot()
    pretended = [boot.visit(f"~rehearsal-{number}", 1, 2, "2") for number in range(2)]
    found = _ledger(_line(boot.run(10, machine="small"), boot.visit("ada", 1, 3, "4"), *pretended))

    assert list(found.people) == ["ada"]
    assert found.rehearsals is not None
    # all three together ask for 8 of 7.7 GiB for an hour
    assert _close(found.rehearsals.usd, 2 * Decimal("0.77") / 2)
    assert (found.rehearsals.ms, found.rehearsals.servers) == (2 * HOUR, 2)
    assert sum(cell.person_ms for cell in found.cells) == 2 * HOUR
    assert max(found.peaks.values()) == 1
    assert sum(cell.idle_ms for cell in found.cells) == 8 * HOUR


def test_a_machine_that_runs_for_a_rehearsal_alone_is_not_idle() -> None:
    boot = Boot()
    found = _ledger(_line(boot.run(10, machine="small"), boot.visit("~rehearsal-1", 1, 3, "4")))

    assert (found.people, sum(cell.idle_ms for cell in found.cells)) == ({}, 8 * HOUR)
    assert found.rehearsals is not None
    assert _close(found.rehearsals.usd, Decimal("0.2") * 4 * 2)


def test_who_takes_more_than_there_is_shares_what_there_is() -> None:
    boot = Boot()
    crowd = [boot.visit(f"person-{number}", 1, 2, "4") for number in range(4)]
    found = _ledger(_line(boot.run(10, machine="small"), *crowd))

    # 16 GiB asked for, 7.7 there: everybody a fourth of what is for participants in an hour
    assert all(_close(person.usd, 2 * Decimal("0.77") / 4) for person in found.people.values())


def test_a_share_that_cannot_be_written_down_exactly_is_rounded_in_nobodys_disfavour() -> None:
    boot = Boot()
    found = _ledger(_line(boot.run(10, machine="small"), *(boot.visit(f"person-{it}", 0, 10, "4") for it in range(3))))

    [cell] = [cell for cell in found.cells if cell.on]
    assert cell.usable - Decimal("1e-12") < cell.people < cell.usable


def test_one_person_with_two_servers_is_one_person() -> None:
    boot = Boot()
    found = _ledger(_line(boot.run(10, machine="small"), boot.visit("ada", 1, 3), boot.visit("ada", 2, 4, server="b")))

    assert sum(cell.person_ms for cell in found.cells) == 3 * HOUR
    assert found.people["ada"].servers == 2
    assert set(found.peaks.values()) == {1}


def test_the_most_people_at_once_are_known_for_every_quarter_of_an_hour() -> None:
    boot = Boot("boot-1", MONDAY.replace(minute=0))
    story = [boot.run(10, machine="small"), boot.visit("ada", 1.5, 4), boot.visit("bob", 2.5, 3)]
    found = ledger(_line(*story), PRICES, START - HOUR, START + 20 * HOUR)
    first = milliseconds(boot.at) * 4 // HOUR

    assert found.peaks == {first + it: 2 if it in (10, 11) else 1 for it in range(6, 16)}
    assert max(cell.peak for cell in found.cells) == 2


def test_a_machine_without_a_price_is_counted_in_hours_alone() -> None:
    found = _ledger(_line(Boot().run(10, machine="m9i.large"), Boot().visit("ada", 1, 3)))

    assert sum(cell.unpriced_ms for cell in found.cells) == 10 * HOUR
    assert _close(found.usd, 240 * STANDING)
    assert (found.people["ada"].usd, found.people["ada"].ms) == (0, 2 * HOUR)


def test_a_disk_that_grew_costs_more_from_then_on() -> None:
    grown = of_hub(Kind.RESIZE, Boot().moment(100), disk_gib=1604)
    found = _ledger(_line([*Boot().run(110, machine="small"), grown]))

    assert _close(sum(cell.parts[HOMES] for cell in found.cells), Decimal("0.0001") * (100 * 604 + 140 * 1604))


moments = st.integers(0, 240 * 3600).map(lambda seconds: seconds / 3600)


@st.composite
def _stories(draw: st.DrawFn) -> Timeline:
    stories = []
    for number in range(draw(st.integers(1, 3))):
        boot = Boot(f"boot-{number}", MONDAY + timedelta(hours=72 * number + draw(st.integers(0, 20))))
        length = draw(st.integers(1, 50 * 3600)) / 3600
        stories.append(
            boot.run(length, machine=draw(st.sampled_from(["small", "odd", "m9i.large"])), clean=draw(st.booleans()))
        )
        for _ in range(draw(st.integers(0, 6))):
            start, end = sorted(draw(st.tuples(moments, moments)))
            memory = draw(st.sampled_from(["0.5", "3.3", "4", None]))
            user = draw(st.sampled_from(["ada", "bob", "eve"]))
            stories.append(
                boot.visit(user, min(start, length), draw(st.sampled_from([min(end, length), None])), memory)
            )
    return _line(*stories)


@settings(deadline=None)
@given(_stories(), st.lists(moments, max_size=5), moments, moments)
def test_any_split_of_a_span_gives_exactly_the_same_sum(
    line: Timeline, middles: list[float], one: float, two: float
) -> None:
    first, last = sorted((one, two))
    points = [first, *sorted(it for it in middles if first < it < last), last]
    pieces = [_ledger(line, *pair) for pair in pairwise(points)]
    whole = _ledger(line, first, last)

    assert sum(piece.usd for piece in pieces) == whole.usd
    for user in {name for piece in pieces for name in piece.people}:
        assert sum(it.people[user].usd for it in pieces if user in it.people) == whole.people[user].usd


@settings(deadline=None)
@given(_stories(), st.lists(moments, max_size=5))
def test_cuts_change_no_amount(line: Timeline, cuts: list[float]) -> None:
    plain, cut = _ledger(line), _ledger(line, cuts=tuple(START + round(it * HOUR) for it in cuts))

    assert (plain.usd, plain.people) == (cut.usd, cut.people)
    assert [cell.end for cell in cut.cells[:-1]] == [cell.start for cell in cut.cells[1:]]


@settings(deadline=None)
@given(_stories())
def test_people_never_pay_more_than_there_is_and_nothing_is_lost(line: Timeline) -> None:
    found = _ledger(line)

    assert all(0 <= cell.people <= cell.usable <= cell.parts[MACHINE] for cell in found.cells)
    assert sum(person.usd for person in found.people.values()) == sum(cell.people for cell in found.cells)
