"""S3: without this, a policy against plain http would refuse every request, and a listing would copy all objects.

And of two conditional writes at the same time, both would succeed.

moto does not evaluate the conditions of a policy.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from threading import Lock
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, FakeKey
from moto.s3.responses import S3Response

_moto_get_permission = FakeBucket.get_permission
_moto_put_object = S3Response.put_object
_one_at_a_time = Lock()


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


def put_object(self: Any) -> Any:
    """Put as moto does, one after the other: "If multiple conditional writes occur … the first write operation succeeds".

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    with _one_at_a_time if self.headers.get("If-None-Match") else nullcontext():
        return _moto_put_object(self)


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(FakeBucket, get_permission.__name__, get_permission)
    setattr(S3Response, put_object.__name__, put_object)
    setattr(FakeKey, "__deepcopy__", not_copied)  # noqa: B010 - mypy knows of no such method
