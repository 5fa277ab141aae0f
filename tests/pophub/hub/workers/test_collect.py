"""A look at a group of the lab AWS and a swarm: what is counted, what is not known, and what lasts from look to look."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NoReturn

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.cost.records import Moment
from pophub.hub.worker_reports import report_file
from pophub.hub.workers.act import act
from pophub.hub.workers.collect import CLOCK_LASTS, collect
from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.facts import Facts
from pophub.hub.workers.world import Memory, World
from tests.pophub.hub.workers.conftest import Group, by_id
from tests.pophub.hub.workers.fake_swarm import FakeSwarm
from tests.pophub.hub.workers.story import POLICY, SESSION
from tests.pophub.planted import REGION

Look = Callable[..., Facts]
MINUTE = timedelta(minutes=1)


def test_a_worker_is_the_instance_and_its_node(group: Group, swarm: FakeSwarm, look: Look) -> None:
    one, two = group.size(2)
    node = swarm.join(one)
    swarm.serve("ada", node)
    swarm.serve("bob", node, gib=2)
    swarm.serve("cy")

    facts = look()
    workers = by_id(facts)

    assert (facts.wanted, facts.pending, facts.pending_slots, facts.closing) == (2, 1, 1.0, None)
    assert (workers[one].joined, workers[one].ready, workers[one].paused) == (True, True, False)
    assert (workers[one].servers, workers[one].slots, workers[one].type) == (2, 1.5, "r7i.large")
    assert (workers[one].protected, workers[one].healthy, workers[one].leaving) == (False, True, False)
    assert (workers[two].joined, workers[two].servers) == (False, 0)


def test_ages_go_on_from_look_to_look(group: Group, swarm: FakeSwarm, look: Look) -> None:
    [one] = group.size(1)
    look(0)
    node = swarm.join(one)
    assert by_id(look(1))[one].empty == timedelta()
    swarm.serve("ada", node)
    assert by_id(look(2))[one].empty == timedelta()
    swarm.remove_service("service-ada")
    # its container has not ended yet
    assert by_id(look(2))[one].servers == 1
    look(3)

    assert (by_id(look(13))[one].age, by_id(look(13))[one].empty) == (13 * MINUTE, 10 * MINUTE)
    swarm.lose(node)
    look(14)
    assert by_id(look(24))[one].down == 10 * MINUTE


def test_servers_of_a_lost_worker_are_lost_and_those_that_stop_still_count(
    group: Group, swarm: FakeSwarm, look: Look
) -> None:
    one, two = group.size(2)
    nodes = [swarm.join(one), swarm.join(two)]
    swarm.serve("ada", nodes[0])
    swarm.serve("bob", nodes[1], desired="shutdown")
    swarm.serve("cy", nodes[1], state="failed")
    swarm.lose(nodes[0])

    assert [it.servers for it in by_id(look()).values()] == [0, 1]


def test_a_worker_that_claims_anothers_name_makes_it_only_busier(group: Group, swarm: FakeSwarm, look: Look) -> None:
    [one] = group.size(1)
    swarm.join(one, availability="pause")
    swarm.serve("ada", swarm.join(one))

    assert (by_id(look())[one].servers, by_id(look())[one].paused) == (1, False)


def test_a_node_whose_join_was_interrupted_hides_no_other_and_is_forgotten_when_swarm_gives_it_up(
    world: World, group: Group, swarm: FakeSwarm, look: Look
) -> None:
    [one] = group.size(1)
    begun = swarm.begin_join()
    swarm.serve("ada", swarm.join(one))
    swarm.serve("bob")
    facts = look()

    assert (facts.pending, by_id(facts)[one].servers, facts.strays) == (1, 1, ())
    assert act(Decision("rule", "reason", (WorkerAction(Do.PAUSE, one),)), world) == []
    assert by_id(look())[one].paused
    swarm.lose(begun)
    assert look().strays == (begun,)


def test_a_silent_engine_leaves_ids_and_ages(group: Group, swarm: FakeSwarm, look: Look) -> None:
    [one] = group.size(1)
    swarm.silent = True
    facts = look()

    assert (facts.pending, facts.pending_slots, facts.wanted, list(by_id(facts))) == (None, None, 1, [one])


def test_a_silent_aws_leaves_nothing(world: World, group: Group, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    group.size(1)
    monkeypatch.setattr(Aws, "call", _refuse)
    facts = look()

    assert (facts.workers, facts.wanted, facts.pending) == (None, None, 0)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise AwsRefusal("autoscaling describe_auto_scaling_groups", "Throttling", "Rate exceeded")


@pytest.fixture
def deny(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let AWS refuse one operation."""
    call = Aws.call

    def answer(aws: Aws, service: str, region: str, operation: str, **asked: object) -> object:
        return _refuse() if operation == denied[-1] else call(aws, service, region, operation, **asked)

    denied: list[str] = []
    monkeypatch.setattr(Aws, "call", answer)
    return denied.append


def test_aws_s_words_are_known_while_it_starts_no_worker(
    lab_aws: LabAws, group: Group, look: Look, deny: Callable[[str], None]
) -> None:
    lab_aws.change(full_zones=(f"{REGION}a",))
    try:
        group.size(1)
        deny("nothing")
        refused = look().refused
        deny("describe_scaling_activities")
        unknown = look().refused
    finally:
        lab_aws.change(full_zones=())

    assert ("do not have sufficient r7i.large capacity" in refused, unknown) == (True, "")
    deny("nothing")
    assert (look().refused, len(group.instances())) == ("", 1)


def test_a_notice_counts_from_its_first_look_and_is_never_withdrawn(
    world: World, group: Group, swarm: FakeSwarm, look: Look, now: datetime
) -> None:
    [one] = group.size(1)
    swarm.join(one)
    file = report_file(world.reports, one)
    file.write_text(json.dumps({"servers": {}, "notice": "2027-03-01T17:32:00+00:00", "up": 9}))
    os.utime(file, (now.timestamp(),) * 2)

    assert by_id(look(0))[one].notice == timedelta()
    file.unlink()
    assert by_id(look(1))[one].notice == MINUTE


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(hours=-3), timedelta(minutes=16)])
def test_a_clock_is_wrong_if_two_reports_say_so(
    off: timedelta, world: World, group: Group, swarm: FakeSwarm, look: Look
) -> None:
    [one] = group.size(1)
    swarm.join(one)

    def report(minutes: float, clock: timedelta) -> None:
        at = SESSION.end.timestamp() + minutes * 60
        file = report_file(world.reports, one)
        file.write_text(json.dumps({"servers": {}, "notice": None, "up": 9, "clock": at + clock.total_seconds()}))
        os.utime(file, (at,) * 2)

    report(0, off)
    assert by_id(look(0))[one].clock_off is None
    report(1, off)
    assert by_id(look(CLOCK_LASTS / MINUTE))[one].clock_off == off
    assert not by_id(look(CLOCK_LASTS / MINUTE))[one].usable
    # one report that was long on its way
    report(2, timedelta())
    assert by_id(look(2))[one].clock_off is None
    report(3, off)
    assert by_id(look(3))[one].clock_off is None
    report(4, timedelta(minutes=14))
    assert by_id(look(4))[one].usable


def test_a_worker_of_a_replaced_hub_is_known_by_its_report(
    world: World, group: Group, swarm: FakeSwarm, look: Look, now: datetime
) -> None:
    old, new = group.size(2)
    for worker, joined in ((old, True), (new, False)):
        file = report_file(world.reports, worker)
        file.write_text(json.dumps({"servers": {}, "notice": None, "joined": joined, "up": 9000.0}))
        os.utime(file, (now.timestamp(),) * 2)

    assert {name: it.of_another_hub for name, it in by_id(look()).items()} == {old: True, new: False}
    # it has its certificate of this hub, and its node has no name yet
    begun = swarm.begin_join()
    assert not by_id(look())[old].of_another_hub
    swarm.lose(begun)
    assert by_id(look())[old].of_another_hub
    swarm.join(old)
    assert not by_id(look())[old].of_another_hub
    swarm.silent = True
    assert not by_id(look())[old].of_another_hub


def test_a_protected_worker_without_a_node_is_not_starting_and_its_silence_is_timed(
    world: World, group: Group, swarm: FakeSwarm, look: Look
) -> None:
    known, new = group.size(2)
    act(Decision("", "", (WorkerAction(Do.PROTECT, known),)), world)
    look(0)
    found = by_id(look(4))

    assert {name: it.starting for name, it in found.items()} == {known: False, new: True}
    assert {name: it.down for name, it in found.items()} == {known: 4 * MINUTE, new: timedelta()}
    # whether it has a node is not known then
    swarm.silent = True
    look(5)
    swarm.silent = False
    assert by_id(look(6))[known].down == timedelta()


def test_a_closed_hub_and_one_that_goes_off_are_closing(world: World, look: Look) -> None:
    assert look(closing=True).closing == timedelta()
    assert look(1, closing=True).closing == MINUTE
    assert look(2).closing is None
    world.closed.touch()
    assert look(3).closing == timedelta()


def test_a_failure_is_forgotten_when_a_later_worker_joins(
    world: World, group: Group, swarm: FakeSwarm, now: datetime
) -> None:
    memory = Memory(failed=60_000)
    first, second = group.size(2)
    memory.seen[first] = 0
    swarm.join(first)
    assert collect(world, memory, POLICY, Moment(now, "boot", 120_000)).failed == MINUTE
    swarm.join(second)

    assert collect(world, memory, POLICY, Moment(now, "boot", 180_000)).failed is None


def test_a_node_whose_machine_is_gone_is_a_stray(group: Group, swarm: FakeSwarm, look: Look) -> None:
    swarm.join("i-0gone")
    assert look().strays == ()
    gone = swarm.join("i-0gone", state="down")

    assert look().strays == (gone,)


@pytest.mark.parametrize("refused", [False, True])
def test_a_spot_worker_has_the_price_of_its_birth_or_the_planned_one(
    refused: bool, world: World, group: Group, now: datetime, deny: Callable[[str], None]
) -> None:
    [one] = group.size(1)
    deny("describe_spot_price_history" if refused else "nothing")
    memory = Memory()
    collect(world, memory, replace(POLICY, spot=True, prices={"r7i.large": Decimal("0.04")}), Moment(now, "boot", 0))

    assert memory.births[one][1] is not None
    assert (memory.births[one][1] == "0.04") == refused
