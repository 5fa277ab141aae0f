"""The watch when things go wrong around it: killed at any step, a hub that fails, clocks that jump. Real files, no sleep.

Whatever happens: nobody who works is stopped, no stop comes without its warnings, and nobody's absence burns a night.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pophub.core.cost import meter as meter_file
from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import Kind, Reading
from pophub.hub.hub_api import HubRefused, HubSilent
from pophub.hub.watch import act as acting
from pophub.hub.watch import metered
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.decide import SILENCE
from pophub.hub.watch.metered import Meter
from pophub.hub.watch.state import recall, write
from tests.pophub.hub.watch.evening import FAR, LEFT, MINUTE, Evening, Killed


class Axe:
    """Ends the watch at its n-th step towards the outside, just before or just after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps, self.at, self.after = 0, -1, False
        for module, name in ((acting, "write"), (acting, "remove"), (metered, "append"), (meter_file, "append")):
            monkeypatch.setattr(module, name, self._axed(getattr(module, name)))

    def _axed(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **more: Any) -> None:
            self.steps += 1
            if self.steps == self.at and not self.after:
                raise Killed
            step(*args, **more)
            if self.steps == self.at:
                raise Killed

        return stepping


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_the_watch_still_warns_and_stops(
    make_evening: Callable[[], Evening], monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    axe = Axe(monkeypatch)
    axe.after = after
    whole = make_evening()
    whole.works_until = LEFT
    whole.until_off(45)
    all_steps, off_at = axe.steps, whole.off_at
    assert off_at is not None
    assert all_steps > 2 * off_at

    for step in range(1, all_steps + 1):
        evening, axe.steps, axe.at = make_evening(), 0, step
        evening.works_until = LEFT
        evening.until_off(off_at + 15)

        # one look is lost, and with it a warning at most
        assert evening.off_at is not None, step
        assert evening.off_at <= off_at + FIRST_WARNING // MINUTE + 1, step
        shown = [it for it in evening.shown if it < evening.off_at]
        assert {*range(evening.off_at - LAST_WARNING // MINUTE, evening.off_at)} <= {*shown}, step
        assert evening.off_at - min(shown) >= FIRST_WARNING // MINUTE, step


def test_killed_at_each_look_it_stops_nothing_and_nobody(
    make_evening: Callable[[], Evening], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left then is the schedule's own stop."""
    evening = make_evening()
    monkeypatch.setattr(acting, "write", _killed)
    evening.until_off(60)

    assert evening.off_at is None


def _killed(*_: object, **__: object) -> None:
    raise Killed


def silent() -> list[dict[str, Any]]:
    raise HubSilent("500")


def refused() -> list[dict[str, Any]]:
    raise HubRefused("403")


def garbage() -> list[dict[str, Any]]:
    return [{"name": "ada", "last_activity": "yesterday", "servers": None}]


FAULTS = [silent, refused, garbage]
faults = st.lists(st.tuples(st.sampled_from([None, *FAULTS]), st.integers(1, 50)), max_size=4).map(
    lambda runs: [answer for answer, minutes in runs for _ in range(minutes)][: SILENCE // MINUTE - 10]
)
hours = st.integers(-180, 180).map(lambda it: MINUTE * it)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(bad=[silent] * 50, jumps={1: 16 * MINUTE})
@given(
    bad=faults,
    jumps=st.dictionaries(st.integers(0, 90), hours, max_size=3),
)
def test_neither_a_hub_that_fails_nor_a_clock_that_jumps_stops_who_works(
    make_evening: Callable[[], Evening],
    bad: list[Callable[[], list[dict[str, Any]]] | None],
    jumps: dict[int, timedelta],
) -> None:
    evening = make_evening()
    evening.works_until = FAR
    for minute in range(100):
        evening.shift += (
            jumps.get(minute, timedelta()) if _stays_in_the_evening(evening, jumps, minute) else timedelta()
        )
        evening.look(bad[minute] if minute < len(bad) else None)

    assert evening.off_at is None


def _stays_in_the_evening(evening: Evening, jumps: dict[int, timedelta], minute: int) -> bool:
    """Neither in the session before nor near the schedule's stop, both of which decide for themselves."""
    return timedelta() <= evening.shift + jumps.get(minute, timedelta()) <= MINUTE * 300


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(bad=[], jump=8 * MINUTE, at=28)
@example(bad=[], jump=60 * MINUTE, at=28)
@given(bad=faults, jump=hours, at=st.integers(0, 60))
def test_a_hub_that_recovers_and_is_left_is_off_soon(
    make_evening: Callable[[], Evening],
    bad: list[Callable[[], list[dict[str, Any]]] | None],
    jump: timedelta,
    at: int,
) -> None:
    evening = make_evening()
    evening.works_until = 5
    latest = 5 + 30 + len(bad) + 2 * FIRST_WARNING // MINUTE
    while evening.off_at is None and evening.minute <= latest:
        evening.shift = abs(jump) if evening.minute >= at else timedelta()
        evening.look(bad[evening.minute] if evening.minute < len(bad) else None)

    assert evening.off_at is not None
    # whatever the clock says meanwhile
    assert {*range(evening.off_at - FIRST_WARNING // MINUTE, evening.off_at)} <= {*evening.shown}


@pytest.mark.parametrize("answer", FAULTS, ids=["silent", "refused", "garbage"])
def test_of_faults_that_stay_only_silence_stops_the_hub_and_after_an_hour(
    make_evening: Callable[[], Evening], answer: Callable[[], list[dict[str, Any]]]
) -> None:
    evening = make_evening()
    evening.works_until = FAR
    while evening.off_at is None and evening.minute < 90:
        evening.look(answer)

    assert evening.off_at == (SILENCE // MINUTE if answer is silent else None)


def test_of_a_full_disk_the_next_look_knows_what_was_before(
    make_evening: Callable[[], Evening], monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = make_evening()
    for _ in range(3):
        evening.look()
    before = json.loads(evening.paths.state.read_text())
    with monkeypatch.context() as full:
        full.setattr(acting, "write", _no_space)
        with pytest.raises(OSError, match="No space"):
            evening.look()
    assert json.loads(evening.paths.state.read_text()) == before

    evening.minute += 1
    evening.until_off(60)
    assert evening.off_at is not None


def _no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_home_volume_that_is_full_all_evening_changes_nothing_of_the_stop(
    make_evening: Callable[..., Evening], meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people are told of, and what the next look knows, lies in memory."""
    whole, full = make_evening(meter), make_evening(meter)
    for evening in (whole, full):
        evening.works_until = LEFT
    whole.until_off(45)

    def written(path: Path, content: object, **more: Any) -> None:
        if path.parent == full.paths.home:
            _no_space()
        write(path, content, **more)

    monkeypatch.setattr(metered, "append", _no_space)
    monkeypatch.setattr(acting, "write", written)
    full.until_off(45)

    assert full.off_at == whole.off_at is not None
    assert full.shown == whole.shown
    assert whole.paths.stopped.exists()
    assert not [*full.paths.home.iterdir()]


def test_a_budget_that_is_used_up_ends_the_evening_with_its_warnings_and_takes_nothing_away(
    make_evening: Callable[..., Evening], meter: Meter
) -> None:
    """As the hub's own meter counts it, and each step is in it once."""
    evening = make_evening(meter)
    evening.works_until = FAR
    for _ in range(2):
        evening.look()
    an_hour = meter.basis.tariff.usd_an_hour_running(meter.machine, meter.disk_gib)
    spent = metered.spent(evening.paths, recall(evening.paths), meter, evening.moment)
    assert spent is not None
    # 80 % are spent now, and all of it half an hour later
    evening.policy = replace(evening.policy, budget_usd=(spent + an_hour / 2).quantize(Decimal("0.01")))
    work = {evening.paths.home / name: name for name in ("maps.ipynb", "keeps.json.old")}
    for file, text in work.items():
        file.write_text(text)
    evening.until_off(90)

    assert evening.off_at is not None
    assert {*range(evening.off_at - FIRST_WARNING // MINUTE, evening.off_at)} <= {*evening.shown}
    assert {file: file.read_text() for file in work} == work
    noted = [it.step.percent for it in Reading(lines_of(evening.paths.meter)) if it.kind is Kind.STEP and it.step]
    assert noted == [80, 90, 95, 100]
    after = metered.spent(evening.paths, recall(evening.paths), meter, evening.moment)
    assert after is not None
    assert evening.policy.budget_usd <= after <= evening.policy.budget_usd + an_hour * Decimal(13) / 60
