"""Carry out a decision on group, nodes, services and instances. The next look tries a failed step again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docker.errors import DockerException  # type: ignore[import-untyped]

from pophub.core.errors import PophubError
from pophub.hub.workers.decision import Decision, Do, WorkerAction
from pophub.hub.workers.world import Node, World, worker_of


def act(decision: Decision, world: World) -> list[str]:
    """Take every step; returns a sentence for each that failed."""
    problems = []
    for step in decision.steps:
        try:
            STEPS[step.do](step, world)
        except (PophubError, DockerException, OSError) as error:
            problems.append(f"{step.do} {step.worker or step.size}: {error}")
    return problems


def _set_size(step: WorkerAction, world: World) -> None:
    _group(world, "set_desired_capacity", DesiredCapacity=step.size, HonorCooldown=False)


def _protect(step: WorkerAction, world: World) -> None:
    _group(world, "set_instance_protection", InstanceIds=[step.worker], ProtectedFromScaleIn=True)


def _pause(step: WorkerAction, world: World) -> None:
    _make(step, world, "pause")


def _unpause(step: WorkerAction, world: World) -> None:
    _make(step, world, "active")


def _stop_servers(step: WorkerAction, world: World) -> None:
    """Remove the services; each container gets its time to end, and the hub then finds the server stopped."""
    if not step.worker:
        services = {it["ID"] for it in world.docker.services()}
    else:
        nodes = {it["ID"] for it in _nodes(step, world)}
        services = {it["ServiceID"] for it in world.docker.tasks() if it.get("NodeID") in nodes}
        services &= {it["ID"] for it in world.docker.services()}
    for service in sorted(services):
        world.docker.remove_service(service)


def _remove(step: WorkerAction, world: World) -> None:
    world.docker.remove_service(step.worker)


def _end(step: WorkerAction, world: World) -> None:
    # this call also ends an instance that is protected from scale-in:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
    world.aws.call(
        "autoscaling", world.region, "terminate_instance_in_auto_scaling_group",
        InstanceId=step.worker, ShouldDecrementDesiredCapacity=step.shrinks,
    )  # fmt: skip
    for node in _nodes(step, world):
        world.docker.remove_node(node["ID"], force=True)


def _forget(step: WorkerAction, world: World) -> None:
    world.docker.remove_node(step.worker, force=True)


STEPS: dict[Do, Callable[[WorkerAction, World], None]] = {
    Do.SET_SIZE: _set_size,
    Do.PROTECT: _protect,
    Do.PAUSE: _pause,
    Do.UNPAUSE: _unpause,
    Do.STOP_SERVERS: _stop_servers,
    Do.REMOVE: _remove,
    Do.END: _end,
    Do.FORGET: _forget,
}


def _group(world: World, operation: str, **arguments: Any) -> None:
    world.aws.call("autoscaling", world.region, operation, AutoScalingGroupName=world.group, **arguments)


def _make(step: WorkerAction, world: World, availability: str) -> None:
    for node in _nodes(step, world):
        spec = {**node["Spec"], "Availability": availability}
        world.docker.update_node(node["ID"], node["Version"]["Index"], spec)


def _nodes(step: WorkerAction, world: World) -> list[Node]:
    return [it for it in world.docker.nodes(filters={"role": "worker"}) if worker_of(it) == step.worker]
