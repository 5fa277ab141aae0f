"""S3: a policy that refuses plain http would refuse everything, as moto knows no conditions; listing would copy everything."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, FakeKey

_moto_get_permission = FakeBucket.get_permission


def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """As moto's, without the refusals that hang on a condition."""
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
    """Itself: to list versions moto copies every one with its content, gigabytes of files that nobody sees."""
    return self


def close_gaps() -> None:
    """Put it on moto's classes."""
    setattr(FakeBucket, get_permission.__name__, get_permission)
    setattr(FakeKey, "__deepcopy__", not_copied)  # noqa: B010 - mypy knows of no such method
