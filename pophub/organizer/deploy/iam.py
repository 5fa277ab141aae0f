"""IAM policy documents as JSON. The callers decide which permissions are in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def statement(
    actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One statement that allows the actions."""
    allowed: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return allowed | ({"Condition": dict(condition)} if condition else {})


def denial(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """One statement that forbids the actions, even if another one allows them."""
    return statement(actions, resources) | {"Effect": "Deny"}


def document(*statements: Mapping[str, Any]) -> str:
    """A policy that consists of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(each) for each in statements]})


def trust(service: str, condition: Mapping[str, Any] | None = None) -> str:
    """A trust policy: only this AWS service may assume the role."""
    allowed: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document(allowed | ({"Condition": dict(condition)} if condition else {}))
