"""IAM policy documents as JSON, written once; who may do what is decided where they are used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def statement(
    actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One permission."""
    allowed: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return allowed | ({"Condition": dict(condition)} if condition else {})


def denial(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """What is forbidden, whatever else permits it."""
    return statement(actions, resources) | {"Effect": "Deny"}


def document(*statements: Mapping[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(each) for each in statements]})


def trust(service: str, condition: Mapping[str, Any] | None = None) -> str:
    """A trust policy: only this AWS service may take the role on."""
    allowed: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document(allowed | ({"Condition": dict(condition)} if condition else {}))
