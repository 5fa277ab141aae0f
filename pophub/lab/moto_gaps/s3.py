"""S3: moto evaluates no conditions, so a policy that refuses plain http would refuse everything."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket

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


def close_gaps() -> None:
    """Put it on moto's class."""
    setattr(FakeBucket, get_permission.__name__, get_permission)
