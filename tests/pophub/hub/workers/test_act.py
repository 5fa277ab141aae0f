"""What each step does to the group and to the swarm."""

from __future__ import annotations

from pophub.hub.workers.act import STEPS, act
from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.world import World
from tests.pophub.hub.workers.conftest import Group
from tests.pophub.hub.workers.fake_swarm import FakeSwarm


def _act(world: World, *steps: WorkerAction) -> list[str]:
    return act(Decision("rule", "reason", steps), world)


def test_every_step_can_be_taken() -> None:
    assert set(STEPS) == set(Do)


def test_the_group_grows(world: World, group: Group) -> None:
    assert _act(world, WorkerAction(Do.SET_SIZE, size=3)) == []
    assert len(group.instances()) == 3


def test_a_protected_worker_is_ended_by_the_hub_alone(world: World, group: Group, swarm: FakeSwarm) -> None:
    one, two = group.size(2)
    swarm.join(one)
    swarm.join(two)
    assert _act(world, WorkerAction(Do.PROTECT, one), WorkerAction(Do.PROTECT, two)) == []
    assert [it["ProtectedFromScaleIn"] for it in group.describe()["Instances"]] == [True, True]

    assert _act(world, WorkerAction(Do.END, one)) == []
    assert (group.instances(), group.describe()["DesiredCapacity"]) == ([two], 1)
    assert [it["Description"]["Hostname"][:19] for it in swarm.nodes({"role": "worker"})] == [two]


def test_a_paused_worker_keeps_its_servers_and_takes_new_ones_when_it_is_unpaused(
    world: World, swarm: FakeSwarm
) -> None:
    swarm.serve("ada", swarm.join("i-1"))
    _act(world, WorkerAction(Do.PAUSE, "i-1"))
    [node] = swarm.nodes({"role": "worker"})
    assert (node["Spec"]["Availability"], node["Spec"]["Role"], len(swarm.tasks())) == ("pause", "worker", 1)
    _act(world, WorkerAction(Do.UNPAUSE, "i-1"))

    assert swarm.nodes({"role": "worker"})[0]["Spec"]["Availability"] == "active"


def test_the_servers_of_one_worker_or_of_all_are_stopped(world: World, swarm: FakeSwarm) -> None:
    nodes = [swarm.join("i-1"), swarm.join("i-2")]
    swarm.serve("ada", nodes[0])
    swarm.serve("bob", nodes[1])
    swarm.serve("cy")
    _act(world, WorkerAction(Do.STOP_SERVERS, "i-1"))
    assert sorted(it["ID"] for it in swarm.services()) == ["service-bob", "service-cy"]
    _act(world, WorkerAction(Do.STOP_SERVERS))

    assert swarm.services() == []


def test_a_server_without_an_owner_is_removed(world: World, swarm: FakeSwarm) -> None:
    node = swarm.join("i-1")
    swarm.serve("ada", node)
    swarm.serve("bob", node)
    _act(world, WorkerAction(Do.REMOVE, "service-ada"))

    assert [it["ID"] for it in swarm.services()] == ["service-bob"]


def test_a_node_is_forgotten(world: World, swarm: FakeSwarm) -> None:
    gone = swarm.join("i-0gone", state="down")
    _act(world, WorkerAction(Do.FORGET, gone))

    assert swarm.nodes({"role": "worker"}) == []


def test_a_step_that_fails_is_said_and_keeps_no_other_from_being_taken(world: World, group: Group) -> None:
    problems = _act(world, WorkerAction(Do.END, "i-0123456789abcdef0"), WorkerAction(Do.SET_SIZE, size=1))

    assert len(problems) == 1
    assert problems[0].startswith("end i-0123456789abcdef0: ")
    assert "No managed instance found" in problems[0]
    assert len(group.instances()) == 1


def test_a_worker_ends_even_if_docker_is_silent(world: World, group: Group, swarm: FakeSwarm) -> None:
    [one] = group.size(1)
    swarm.silent = True

    assert len(_act(world, WorkerAction(Do.END, one))) == 1
    assert group.instances() == []


def test_after_the_nights_size_of_zero_a_worker_ends_without_shrinking_the_group(
    world: World, group: Group, swarm: FakeSwarm
) -> None:
    [one] = group.size(1)
    swarm.join(one)
    _act(world, WorkerAction(Do.PROTECT, one))
    assert group.size(0) == [one]

    assert "desiredSize equals minSize (0)" in _act(world, WorkerAction(Do.END, one))[0]
    assert _act(world, WorkerAction(Do.END, one, shrinks=False)) == []
    assert (group.instances(), group.describe()["DesiredCapacity"]) == ([], 0)
