"""Workers look by look: each noted once from its birth to its end, and nothing where nobody knows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from pophub.core.contract import WORKERS_FILE
from pophub.core.cost.lives import Life
from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import Kind, Moment, Reading
from pophub.core.cost.report import report
from pophub.core.cost.timeline import milliseconds, read
from pophub.hub.watch import metered
from pophub.hub.watch.metered import Meter, note, note_stop, spent
from pophub.hub.watch.state import Paths, State

BOOT = datetime(2027, 3, 1, 12, tzinfo=UTC)
START = milliseconds(BOOT)
MINUTE = 60_000


def at(minutes: float, boot: str = "a", *, off: timedelta = timedelta()) -> Moment:
    """Some minutes after the boot; `off` is how wrong the clock is."""
    return Moment(BOOT + timedelta(minutes=minutes) + off, boot, round(minutes * MINUTE))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def tell(paths: Paths, moment: Moment, **born: float) -> None:
    """What the daemon writes: workers by id, each with the minute of its birth."""
    off = moment.at - timedelta(milliseconds=moment.up_ms)
    workers = [
        {
            "id": id_, "type": "r7i.2xlarge", "market": "spot", "usd_an_hour": "0.21", "state": "ready",
            "born": (off + timedelta(minutes=minutes)).isoformat(),
        }
        for id_, minutes in born.items()
    ]  # fmt: skip
    _write(paths, {"at": moment.at.isoformat(), "wanted": len(workers), "pending": 0, "workers": workers})


def _write(paths: Paths, content: Any) -> None:
    (paths.run / WORKERS_FILE).write_text(json.dumps(content))


def _look(paths: Paths, state: State, meter: Meter, moment: Moment) -> State:
    note(paths, state, meter, moment, ())
    return State.from_json(json.loads(json.dumps(state.as_json())))


def _lives(paths: Paths, minutes: float) -> dict[str, tuple[float, float, bool]]:
    def told(life: Life) -> tuple[float, float, bool]:
        return (life.start - START) / MINUTE, (life.end - START) / MINUTE, life.known

    return {it.id: told(it) for it in read(lines_of(paths.meter), now=at(minutes).at).workers}


def test_a_worker_is_noted_once_from_its_birth_to_its_end(paths: Paths, meter: Meter) -> None:
    state = State()
    there: list[dict[str, float]] = [{}, {"one": 0.5}, {"one": 0.5, "two": 1.75}, {"two": 1.75}, {"two": 1.75}]
    for minute, born in enumerate(there):
        tell(paths, at(minute), **born)
        state = _look(paths, state, meter, at(minute))
    workers = [it for it in Reading(lines_of(paths.meter)) if it.worker]

    assert [(it.kind, it.worker and it.worker.id) for it in workers] == [
        (Kind.WORKER_START, "one"), (Kind.WORKER_START, "two"), (Kind.WORKER_STOP, "one"),
    ]  # fmt: skip
    assert _lives(paths, 4) == {"one": (0.5, 3, True), "two": (1.75, 4, False)}


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"at": (BOOT - timedelta(hours=1)).isoformat(), "wanted": 0, "workers": []},
        {"at": at(2).at.isoformat(), "wanted": None, "workers": []},
        {"at": at(2).at.isoformat(), "wanted": 1, "workers": [{"id": "i-9"}]},
    ],
    ids=["no file", "no sense", "stale", "the group does not answer", "a worker without a price"],
)
def test_a_list_that_is_not_known_changes_nothing(paths: Paths, meter: Meter, content: Any) -> None:
    tell(paths, at(0), one=0)
    state = _look(paths, State(), meter, at(0))
    _write(paths, content)
    if content is None:
        (paths.run / WORKERS_FILE).unlink()
    for minute in (1, 2):
        state = _look(paths, state, meter, at(minute))

    assert [*state.workers] == ["one"]
    assert _lives(paths, 2) == {"one": (0, 2, False)}


@pytest.mark.parametrize("off", [timedelta(days=400), timedelta(hours=-5)])
def test_a_clock_that_is_set_between_two_looks_makes_no_worker_old(paths: Paths, meter: Meter, off: timedelta) -> None:
    state = State()
    for minute in range(5):
        tell(paths, at(minute), one=0)
        state = _look(paths, state, meter, at(minute))
    tell(paths, at(5), one=0, two=4.5)
    # the daemon wrote the birth by the old clock
    told = json.loads((paths.run / WORKERS_FILE).read_text())
    _write(paths, told | {"at": (at(5).at + off).isoformat()})
    _look(paths, state, meter, at(5, off=off))
    first, second = read(lines_of(paths.meter), now=at(5).at).workers

    assert (first.end - first.start) / MINUTE == 5
    # a minute between two looks, and a minute for the daemon's file
    assert 0 <= (second.end - second.start) / MINUTE <= 2


def test_the_first_look_after_a_boot_knows_workers_that_were_there_before_it(paths: Paths, meter: Meter) -> None:
    tell(paths, at(0), one=0)
    _look(paths, State(), meter, at(0))
    later = replace(at(30), boot="b", up_ms=MINUTE)
    _write(paths, json.loads((paths.run / WORKERS_FILE).read_text()) | {"at": later.at.isoformat()})
    note(paths, State(), meter, later, ())

    assert _lives(paths, 30) == {"one": (0, 30, False)}


def test_at_the_machine_s_stop_the_workers_that_are_gone_are_noted(paths: Paths, meter: Meter) -> None:
    tell(paths, at(0), one=0, two=0)
    state = _look(paths, State(), meter, at(0))
    note_stop(paths, at(1))
    tell(paths, at(3), two=0)
    note_stop(paths, at(3), state)
    found = read(lines_of(paths.meter), now=at(60).at)

    assert _lives(paths, 60) == {"one": (0, 3, True), "two": (0, 3, False)}
    assert found.running is False
    assert [it for it in found.notes if "worker" in it] == [
        "nobody noted the end of 1 worker: it is counted until 2027-03-01 12:03 UTC, when the hub last ran"
    ]


def test_what_was_spent_has_the_workers_in_it_also_on_a_full_disk(
    paths: Paths, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = replace(meter, on_workers=True)
    tell(paths, at(0))
    state = _look(paths, State(), meter, at(0))
    tell(paths, at(60), one=0)
    noted = _look(paths, replace(state), meter, at(60))
    whole = spent(paths, noted, meter, at(60))
    assert whole == report(lines_of(paths.meter), meter.basis, now=at(60).at).usd

    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    paths.meter.unlink()
    monkeypatch.setattr(metered, "append", full)
    note(paths, state, meter, at(60), ())
    # without its disk, whose size is not noted
    again = spent(paths, state, meter, at(60))
    assert whole is not None
    assert again is not None
    running = meter.basis.tariff.machines[meter.machine].usd_an_hour
    assert again > running + Decimal("0.21")


def test_the_meter_says_that_the_hub_s_machine_runs_no_server(paths: Paths, meter: Meter) -> None:
    with_workers = replace(meter, on_workers=True)
    _look(paths, State(), with_workers, at(0))

    assert read(lines_of(paths.meter), now=at(1).at).on_workers
    assert Meter.from_json(json.loads(json.dumps(with_workers.as_json()))) == with_workers
    assert "on_workers" not in meter.as_json()
