"""A value is held to what its model says of it."""

from __future__ import annotations

from typing import Any

import pytest

from lab.wire.call import service_model
from lab.wire.check import compiled, problems

# those whose requests are checked
SERVICES = (
    "autoscaling",
    "budgets",
    "ce",
    "cloudwatch",
    "ec2",
    "iam",
    "kms",
    "logs",
    "pricing",
    "resourcegroupstaggingapi",
    "route53",
    "s3",
    "scheduler",
    "service-quotas",
    "sns",
    "ssm",
    "sts",
)


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_a_service_is_understood(service: str) -> None:
    model = service_model(service)
    patterns = {model.shape_for(name).metadata.get("pattern") for name in model.shape_names} - {None}

    assert [pattern for pattern in patterns if not compiled(pattern)] == []


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Zoë's"[:3] + ": a", "a\n"),
        (r"[\w+=,.@-]+", "a.b@c", "ä"),
        (r"^[\w-\/.@+=,]{1,5}$", "a-b/c", "a b"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF]*", "a group \U0001f600", "a\n"),
    ],
)
def test_a_pattern_of_java_s_matches_the_whole_value(pattern: str, good: str, bad: str) -> None:
    assert compiled(pattern).fullmatch(good)
    assert not compiled(pattern).fullmatch(bad)


def test_all_that_is_wrong_is_told_with_its_place() -> None:
    shape = service_model("ssm").operation_model("PutParameter").input_shape
    value: dict[str, Any] = {"Name": "", "Value": "v", "Type": "Odd", "Tags": [{"Key": "k" * 129, "Value": "v"}]}
    found = [(problem.kind, problem.path) for problem in problems(shape, value)]

    assert found == [("length", "name"), ("enum", "type"), ("length", "tags.1.member.key")]


def test_a_missing_value_is_told_without_quotes() -> None:
    shape = service_model("scheduler").operation_model("CreateSchedule").input_shape
    told = {str(problem) for problem in problems(shape, {"Name": "a b"})}

    assert "Value null at 'target' failed to satisfy constraint: Member must not be null" in told
    assert any(
        each.startswith("Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy") for each in told
    )
