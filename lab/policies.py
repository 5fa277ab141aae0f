"""IAM's decision: whether policies allow a request. What this module does not know is decided against the caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that a request needs."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grants:
    """The policies of a role as JSON, and its permissions boundary."""

    policies: tuple[str, ...]
    boundary: str | None = None

    def allow(self, need: Need) -> bool:
        """True if no policy denies it, one allows it, and the boundary allows it too."""
        documents = [json.loads(policy) for policy in self.policies]
        bounds = [json.loads(self.boundary)] if self.boundary else []
        if any(_applies(each, need) for each in _statements((*documents, *bounds), "Deny")):
            return False
        allowed = [any(_applies(each, need) for each in _statements([document], "Allow")) for document in documents]
        bounded = [any(_applies(each, need) for each in _statements([document], "Allow")) for document in bounds]
        return any(allowed) and all(bounded)


def _statements(documents: Iterable[Mapping[str, Any]], effect: str) -> list[Mapping[str, Any]]:
    return [each for document in documents for each in _listed(document["Statement"]) if each["Effect"] == effect]


def _applies(statement: Mapping[str, Any], need: Need) -> bool:
    return (
        _named(statement, "Action", need.action.lower(), str.lower)
        and _named(statement, "Resource", need.resource, str)
        and _holds(statement.get("Condition", {}), need.context, unknown=statement["Effect"] == "Deny")
    )


def _named(statement: Mapping[str, Any], key: str, value: str, spell: Callable[[str], str]) -> bool:
    if f"Not{key}" in statement:
        return not any(matches(value, spell(each)) for each in _listed(statement[f"Not{key}"]))
    return any(matches(value, spell(each)) for each in _listed(statement[key]))


def matches(value: str, pattern: str) -> bool:
    """Match as policies do: only the asterisk and the question mark are special."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _same_arn(value: str, pattern: str) -> bool:
    """Compare part by part, so that an asterisk matches no colon.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    parts = value.split(":", 5), pattern.split(":", 5)
    return len(parts[0]) == len(parts[1]) and all(map(matches, *parts))


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": matches,
    "ArnEquals": _same_arn,
    "ArnLike": _same_arn,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str], *, unknown: bool) -> bool:
    """Whether all conditions hold; an operator that this module does not know gives `unknown`, so it never allows anything."""
    present = {key.lower(): value for key, value in context.items()}
    for operator, tests in conditions.items():
        compare = _OPERATORS.get(operator)
        if compare is None:
            return unknown
        for key, wanted in tests.items():
            value = present.get(key.lower())
            if value is None or not any(compare(value, str(each)) for each in _listed(wanted)):
                return False
    return True


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
