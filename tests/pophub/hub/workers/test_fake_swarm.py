"""The swarm in memory has the calls of Docker's own client."""

from __future__ import annotations

import inspect

import docker
import pytest

from tests.pophub.hub.workers.fake_swarm import FakeSwarm


@pytest.mark.parametrize("call", ["nodes", "tasks", "services", "update_node", "remove_node", "remove_service"])
def test_a_call_has_the_arguments_of_dockers_own(call: str) -> None:
    ours = list(inspect.signature(getattr(FakeSwarm, call)).parameters)
    real = list(inspect.signature(getattr(docker.APIClient, call)).parameters)

    assert ours == real[: len(ours)]
