"""A task's state and port; test_workers.py shows what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("status", "port"),
    [
        (
            {
                "PortStatus": {
                    "Ports": [{"TargetPort": 80, "PublishedPort": 1}, {"TargetPort": 8888, "PublishedPort": 2}]
                }
            },
            2,
        ),
        ({"PortStatus": {"Ports": []}}, None),
        ({"PortStatus": {}}, None),
        ({}, None),
    ],
)
def test_the_port_of_the_worker(load: Callable[..., Any], status: dict[str, Any], port: int | None) -> None:
    load()

    assert import_module("sections.swarm_tasks").published_port({"Status": status}, 8888) == port


def test_a_task_has_ended_if_swarm_does_not_want_it(load: Callable[..., Any]) -> None:
    load()
    has_ended = import_module("sections.swarm_tasks").has_ended
    tasks = [{"Status": {"State": state}, "DesiredState": wanted} for state, wanted in
             (("running", "running"), ("failed", "running"), ("running", "shutdown"))]  # fmt: skip

    assert [has_ended(it) for it in tasks] == [False, True, True]
