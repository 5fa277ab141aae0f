"""The watch when things go wrong around it: killed at any step, a hub that fails, clocks that jump. Real files, no sleep.

Whatever happens: nobody who works is stopped, no stop comes without its warnings, and nobody's absence burns a night.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pophub.cost import meter as meter_file
from pophub.cost.records import Moment
from pophub.outside.hub_api import HubRefused, HubSilent
from pophub.watch import act as acting
from pophub.watch import collect as collecting
from pophub.watch import metered
from pophub.watch.act import Hands, act
from pophub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.watch.collect import collect
from pophub.watch.decide import SILENCE, decide
from pophub.watch.metered import Meter
from pophub.watch.policy import Policy
from pophub.watch.state import Places, recall

MINUTE = timedelta(minutes=1)
# after the example's first session, which ends at 01:30 UTC; the schedule's stop comes at 09:30
EVENING = datetime(2027, 3, 2, 2, tzinfo=UTC)
# half of the idle time is over at the first look
LEFT = -15
# what JupyterHub is told of activity is up to five minutes old
TOLD_EVERY = 5


class Killed(BaseException):
    """SIGKILL, as far as a process can have it and go on."""


class Evening:
    """A hub in the evening, with ada on it; its watch looks once a minute, each time from what lies in its files."""

    def __init__(self, folder: Path, policy: Policy, meter: Meter | None) -> None:
        self.places, self.policy, self.meter = Places(folder / "run", folder / "home", folder / "proc"), policy, meter
        for place in (self.places.run, self.places.home, self.places.proc):
            place.mkdir(parents=True)
        self.minute, self.shift, self.works_until = 0, timedelta(), 0
        self.off_at: int | None = None
        # the minutes in which people could read a banner
        self.shown: list[int] = []

    @property
    def now(self) -> datetime:
        """As the machine's clock has it."""
        return EVENING + self.minute * MINUTE + self.shift

    def look(self, answer: Callable[[], list[dict[str, Any]]] | None = None) -> None:
        """One minute."""
        moment = Moment(self.now, "boot", 7_200_000 + self.minute * 60_000)
        # the kernel works it out from the clock of now
        booted = int((self.now - MINUTE * (120 + self.minute)).timestamp())
        (self.places.proc / "stat").write_text(f"btime {booted}\n")
        try:
            memory = recall(self.places)
            facts = collect(
                self.places, memory, self.policy, meter=self.meter, ask_users=answer or self.users, moment=moment
            )
            hands = Hands(lambda _: None, lambda _: (), lambda _: None, self._power_off)
            act(decide(facts, self.policy), self.policy, places=self.places, memory=memory, hands=hands, moment=moment)
        except Killed:
            pass
        if self.places.banner.exists():
            self.shown.append(self.minute)
        self.minute += 1

    def users(self) -> list[dict[str, Any]]:
        """Ada, whose activity is told now and then."""
        last = min(self.minute // TOLD_EVERY * TOLD_EVERY, self.works_until)
        at = (EVENING + last * MINUTE + self.shift).isoformat()
        server = {"started": at, "last_activity": at, "pending": None}
        return [{"name": "ada", "last_activity": at, "servers": {"": server}}]

    def until_off(self, latest: int) -> None:
        """Look until it is off, or a minute too late."""
        while self.off_at is None and self.minute <= latest:
            self.look()

    def _power_off(self) -> None:
        self.off_at = self.minute


@pytest.fixture
def make_evening(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Evening]:
    # a process that is killed loses nothing that it wrote; and ada's server computes nothing
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(collecting, "computed", lambda _: {"ada": 0.0})
    return lambda: Evening(tmp_path_factory.mktemp("evening"), policy, None)


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
    evening.works_until = 10_000
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


@pytest.mark.parametrize("answer", FAULTS, ids=["silent", "refused", "garbage"])
def test_of_faults_that_stay_only_silence_stops_the_hub_and_after_an_hour(
    make_evening: Callable[[], Evening], answer: Callable[[], list[dict[str, Any]]]
) -> None:
    evening = make_evening()
    evening.works_until = 10_000
    while evening.off_at is None and evening.minute < 90:
        evening.look(answer)

    assert evening.off_at == (SILENCE // MINUTE if answer is silent else None)


def test_of_a_full_disk_the_next_look_knows_what_was_before(
    make_evening: Callable[[], Evening], monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = make_evening()
    for _ in range(3):
        evening.look()
    before = json.loads(evening.places.memory.read_text())
    with monkeypatch.context() as full:
        full.setattr(acting, "write", _no_space)
        with pytest.raises(OSError, match="No space"):
            evening.look()
    assert json.loads(evening.places.memory.read_text()) == before

    evening.minute += 1
    evening.until_off(60)
    assert evening.off_at is not None


def _no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")
