"""What is looked at while a hub is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from pophub.aws.client import Aws
from pophub.organizer.deploy import ready_world
from pophub.organizer.deploy.deployment import Deployment

MADE = Deployment.model_construct(event="geo", region="us-west-2")


@pytest.mark.parametrize("machine", [None, {"InstanceId": "i-1"}])
def test_the_machine_is_the_event_s_in_its_region(monkeypatch: pytest.MonkeyPatch, machine: Any) -> None:
    found = {("us-west-2", "geo"): machine}
    monkeypatch.setattr(ready_world, "hub_instance", lambda aws, *where: found[where])

    assert ready_world.world_from_here(MADE, Aws(), {}).machine() == machine
