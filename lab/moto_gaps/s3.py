"""S3: without this, a policy against plain http would refuse every request, and a listing would copy all objects.

moto does not evaluate the conditions of a policy.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, FakeKey

_moto_get_permission = FakeBucket.get_permission


def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """Decide as moto does, without the statements that deny under a condition."""
    if self.policy is None:
        return _moto_get_permission(self, action, resource)
    policy = json.loads(self.policy)
    policy["Statement"] = [
        statement
        for statement in policy["Statement"]
        if not (statement["Effect"] == "Deny" and statement.get("Condition"))
    ]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def not_copied(self: FakeKey, _: dict[int, Any]) -> FakeKey:
    """Return the object itself: to list versions, moto would copy each one with its content, which can be gigabytes."""
    return self


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(FakeBucket, get_permission.__name__, get_permission)
    setattr(FakeKey, "__deepcopy__", not_copied)  # noqa: B010 - mypy knows of no such method
