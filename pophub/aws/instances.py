"""An event's instances, as EC2 describes them: the hub's, and the workers'."""

from __future__ import annotations

from typing import Any

from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG, HUB_ROLE, ROLE_TAG, WORKER_ROLE

# the states of an instance that still exists
EXISTS = ("pending", "running", "stopping", "stopped")


def hub_instance(aws: Aws, region: str, event: str) -> dict[str, Any] | None:
    """The instance of the event's hub, in any state; None if there is none."""
    return next(iter(instances(aws, region, event, HUB_ROLE)), None)


def workers(aws: Aws, region: str, event: str) -> list[dict[str, Any]]:
    """The event's workers that are not terminated."""
    return instances(aws, region, event, WORKER_ROLE)


def instances(aws: Aws, region: str, event: str, role: str) -> list[dict[str, Any]]:
    """The event's instances with this role, without those that are terminated."""
    wanted = {f"tag:{EVENT_TAG}": [event], f"tag:{ROLE_TAG}": [role], "instance-state-name": list(EXISTS)}
    filters = [{"Name": name, "Values": values} for name, values in wanted.items()]
    return list(aws.pages("ec2", region, "describe_instances", "Reservations[].Instances[]", Filters=filters))
