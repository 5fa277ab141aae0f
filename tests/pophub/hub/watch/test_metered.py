"""What a hub has cost, noted look by look: as the report would work it out, and not known where it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path

import pytest

from lab.plans import plan_of
from pophub.core.cost.meter import lines_of
from pophub.core.cost.own import own
from pophub.core.cost.records import Kind, Moment, Reading, Record
from pophub.core.cost.report import report
from pophub.core.cost.rows import PersonRow
from pophub.core.cost.timeline import read
from pophub.hub.watch import metered
from pophub.hub.watch.facts import Server
from pophub.hub.watch.metered import Meter, note, note_stop, spent
from pophub.hub.watch.state import Paths, State
from pophub.organizer.deploy.watch_settings import meter_of
from pophub.organizer.event.event import Event

BOOT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def at(minutes: int, boot: str = "a") -> Moment:
    return Moment(BOOT + timedelta(minutes=minutes), boot, minutes * 60_000)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def test_an_hour_costs_what_the_report_says(paths: Paths, meter: Meter) -> None:
    state = State()
    for minute in range(61):
        note(paths, state, meter, at(minute), ())
    reported = report(lines_of(paths.meter), meter.basis, now=BOOT + timedelta(minutes=60)).usd

    assert spent(paths, state, meter, at(60)) == reported
    assert reported is not None
    assert reported > Decimal("2.01")


def test_a_stopped_machine_costs_its_disks(paths: Paths, meter: Meter) -> None:
    note(paths, State(), meter, at(0), ())
    note_stop(paths, at(0))

    standing = meter.basis.tariff.usd_an_hour_stopped(meter.disk_gib)
    # the next boot's first look
    assert spent(paths, State(), meter, replace(at(600, "b"), up_ms=0)) == round(10 * standing, 6)


def test_a_full_disk_does_not_make_the_hours_free(paths: Paths, meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()
    note(paths, state, meter, at(0), ())
    noted = note_from_now_on_on_a_full_disk(paths, state, meter, monkeypatch)

    assert [record.at for record in noted] == [BOOT, BOOT]
    running = meter.basis.tariff.usd_an_hour_running(meter.machine, meter.disk_gib)
    assert running is not None
    assert spent(paths, state, meter, at(120)) == round(2 * running, 6)
    # also of a boot of which not even the start could be noted
    assert spent(paths, State(), meter, replace(at(180, "b"), up_ms=60 * 60_000)) > running


def note_from_now_on_on_a_full_disk(
    paths: Paths, state: State, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> list[Record]:
    """What is on the disk after two hours of that."""

    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(metered, "append", full)
    for minute in range(1, 121):
        note(paths, state, meter, at(minute), ())
    return list(Reading(lines_of(paths.meter)))


def test_a_start_that_nobody_can_read_was_this_machine_s(paths: Paths, meter: Meter) -> None:
    state = State()
    note(paths, state, meter, at(0), ())
    note(paths, state, meter, at(60), ())
    whole = spent(paths, state, meter, at(60))
    paths.meter.write_bytes(paths.meter.read_bytes().replace(b"hub-start", b"h\x00b-start"))
    damaged = spent(paths, state, meter, at(60))

    # without its disk, whose size stood there
    assert whole is not None
    assert damaged is not None
    assert whole * Decimal("0.9") < damaged < whole


def test_starts_and_stops_of_servers_are_noted_once(paths: Paths, meter: Meter) -> None:
    state = State()
    ada = Server("ada", BOOT, BOOT)
    for minute, servers in enumerate([(), (ada,), (ada,), None, (), ()]):
        note(paths, state, meter, at(minute), servers)
        state = State.from_json(state.as_json())
    kinds = [record.kind for record in Reading(lines_of(paths.meter)) if record.kind is not Kind.BEAT]

    assert kinds == [Kind.START, Kind.SERVER_START, Kind.SERVER_STOP]


def test_a_disk_that_grows_while_the_machine_runs_is_noted_once(paths: Paths, meter: Meter) -> None:
    state = State()
    grown = replace(meter, disk_gib=meter.disk_gib + 100)
    for minute, noted in enumerate([meter, meter, grown, grown]):
        note(paths, state, noted, at(minute), ())
        state = State.from_json(state.as_json())
    found = [(record.kind, record.disk_gib) for record in Reading(lines_of(paths.meter)) if record.disk_gib]

    assert found == [(Kind.START, meter.disk_gib), (Kind.RESIZE, meter.disk_gib + 100)]


def test_a_server_has_the_memory_of_the_size_that_was_chosen(paths: Paths, make_event: Callable[..., Event]) -> None:
    choices = [{"name": "large", "memory_gib": 16, "cpus": 4}]
    event = make_event(
        participants=5,
        server={"image": "quay.io/jupyter/scipy-notebook:2026-10-06", "memory_gib": 2, "choices": choices},
    )
    meter = meter_of(plan_of(event))
    sizes = {"ada": "", "bob": "standard", "eve": "large", "mallory": "huge"}
    state = State()
    for minute in (0, 60):
        note(paths, state, meter, at(minute), tuple(Server(name, BOOT, BOOT, size=it) for name, it in sizes.items()))
        state = State.from_json(json.loads(json.dumps(state.as_json())))
    found = report(lines_of(paths.meter), meter.basis, now=BOOT + timedelta(hours=1), names=True)

    assert {row.what: row.gib_hours for row in found.people} == {"ada": 2, "bob": 2, "eve": 16, "mallory": 0}
    assert any("of 1 servers it is not known how much memory" in note for note in found.notes)


def test_what_nobody_can_read_or_price_is_not_known(paths: Paths, meter: Meter) -> None:
    state = State()
    note(paths, state, meter, at(0), ())
    assert spent(paths, state, None, at(0)) is None
    without = replace(meter.basis.tariff, machines={})
    assert spent(paths, state, replace(meter, basis=replace(meter.basis, tariff=without)), at(0)) is None
    paths.meter.unlink()
    paths.meter.mkdir()
    assert spent(paths, state, meter, at(0)) is None


def test_a_meter_that_cannot_be_written_keeps_nobody_from_looking(paths: Paths, meter: Meter) -> None:
    paths.meter.mkdir()
    state = State()
    note(paths, state, meter, at(0), ())

    assert state.disk_gib is None


def test_a_meter_comes_back_as_it_went(meter: Meter) -> None:
    assert Meter.from_json(json.loads(json.dumps(meter.as_json()))) == meter


def test_a_server_started_ahead_is_its_owners_from_their_first_sign_in_on(paths: Paths, meter: Meter) -> None:
    """And nobody's if they never come: they are no people of the event."""
    state = State()
    ada, bob = (Server(user, BOOT, BOOT, ahead=True) for user in ("ada", "bob"))
    for minute in range(61):
        note(paths, state, meter, at(minute), (replace(ada, ahead=minute < 20), bob))
        state = State.from_json(json.loads(json.dumps(state.as_json())))
    found = report(lines_of(paths.meter), meter.basis, now=BOOT + timedelta(minutes=60), names=True)

    assert [(row.what, row.hours) for row in found.people] == [("ada", round(Decimal(40) / 60, 4))]
    (ahead,) = (row for row in found.nobodys if row.what == "servers started ahead")
    assert isinstance(ahead, PersonRow)
    assert (ahead.hours, ahead.servers) == (round(Decimal(80) / 60, 4), 2)
    assert (found.use.people, found.use.idle_hours) == (1, round(Decimal(20) / 60, 4))
    assert sum(row.usd for row in found.whom) == found.usd
    whose = own(read(lines_of(paths.meter), now=BOOT + timedelta(minutes=60)), meter.basis, "ada")
    assert whose.hours == round(Decimal(40) / 60, 4)
