"""Servers that the hub does not know are found after a while, and only if the hub surely does not know them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from docker.errors import NotFound  # type: ignore[import-untyped]

from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.workers.orphans import EVERY, ORPHANED, find_orphans
from pophub.hub.workers.world import Memory, World
from tests.pophub.hub.workers.fake_swarm import FakeSwarm

MINUTE = timedelta(minutes=1)


@dataclass
class Hub:
    """A hub that knows some people's servers, or gives no answer."""

    running: dict[str, list[str]]
    problem: Exception | None = None
    asked: int = 0

    def users(self) -> list[dict[str, Any]]:
        self.asked += 1
        if self.problem:
            raise self.problem
        return [{"name": name, "servers": {it: {} for it in servers}} for name, servers in self.running.items()]


@dataclass
class Looks:
    """One look after the other of a daemon with this hub."""

    world: World
    now: datetime
    memory: Memory = field(default_factory=Memory)

    def __call__(self, after: timedelta) -> tuple[str, ...]:
        moment = Moment(self.now + after, "boot", int(after / timedelta(milliseconds=1)))
        return find_orphans(self.world, self.memory, moment)


def _looks(world: World, now: datetime, hub: Hub | None) -> Looks:
    return Looks(replace(world, hub=cast("HubApi", hub)), now)


def test_a_server_that_the_hub_has_not_known_for_longer_than_a_start_takes(
    world: World, swarm: FakeSwarm, now: datetime
) -> None:
    swarm.serve("ada", swarm.join("i-1"))
    swarm.serve("bob")
    looks = _looks(world, now, Hub({"ada": [""], "bob": []}))

    assert looks(timedelta()) == looks(ORPHANED - MINUTE) == ()
    assert looks(ORPHANED + MINUTE) == ("service-bob",)


def test_a_start_that_the_hub_takes_up_again_begins_anew(world: World, swarm: FakeSwarm, now: datetime) -> None:
    swarm.serve("ada")
    hub = Hub({"ada": []})
    looks = _looks(world, now, hub)
    looks(timedelta())
    hub.running["ada"] = [""]
    looks(10 * MINUTE)
    hub.running["ada"] = []

    assert looks(ORPHANED) == looks(2 * ORPHANED - MINUTE) == ()
    assert looks(2 * ORPHANED + EVERY) == ("service-ada",)


def test_a_hub_or_an_engine_that_does_not_answer_begins_anew(world: World, swarm: FakeSwarm, now: datetime) -> None:
    swarm.serve("ada")
    for problem in (HubSilent("503"), HubRefused("403"), OSError("no route"), NotFound("404")):
        hub = Hub({"ada": []})
        looks = _looks(world, now, hub)
        looks(timedelta())
        hub.problem = problem
        assert looks(ORPHANED) == ()
        hub.problem = None
        assert looks(ORPHANED + EVERY) == (), problem
    swarm.silent = True

    assert _looks(world, now, Hub({}))(timedelta()) == ()


def test_what_has_no_label_of_ours_stays(world: World, swarm: FakeSwarm, now: datetime) -> None:
    swarm.serve("ada")
    swarm.services = lambda: [{"ID": "service-ada", "Spec": {"Labels": {}}}]  # type: ignore[method-assign]
    looks = _looks(world, now, Hub({}))
    looks(timedelta())

    assert looks(ORPHANED) == ()


def test_the_hub_is_asked_only_now_and_then_and_never_without_a_server(
    world: World, swarm: FakeSwarm, now: datetime
) -> None:
    hub = Hub({"ada": [""]})
    looks = _looks(world, now, hub)
    looks(timedelta())
    assert hub.asked == 0
    swarm.serve("ada")
    for seconds in range(0, 600, 10):
        looks(EVERY + timedelta(seconds=seconds))

    assert hub.asked == 600 / EVERY.total_seconds()


def test_without_a_token_nobody_is_asked(world: World, swarm: FakeSwarm, now: datetime) -> None:
    swarm.serve("ada")

    assert _looks(world, now, None)(ORPHANED) == ()
