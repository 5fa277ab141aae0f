"""Whatever a stack makes, leftovers looks for: a resource of a new type, or under a new name, fails here first."""

from __future__ import annotations

import pytest

from pophub.core.contract import (
    OFF_PAGE_RECORD,
    off_page_log,
    off_page_name,
    parameter_path,
    resource_name,
    workers_name,
)
from pophub.organizer.leftovers.access import POLICIES, PROFILES, ROLES
from pophub.organizer.leftovers.leftovers import RESOURCE_TYPES
from pophub.organizer.leftovers.monitoring import ALARMS, EVENT_RULES
from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth

LOOKED_FOR = {
    "aws_acm_certificate": "certificate",
    "aws_apigatewayv2_api": "API",
    "aws_apigatewayv2_domain_name": "API domain",
    "aws_autoscaling_group": "Auto Scaling group",
    "aws_budgets_budget": "budget",
    "aws_budgets_budget_action": "budget action",
    "aws_cloudwatch_metric_alarm": "alarm",
    "aws_cloudwatch_event_rule": "event rule",
    "aws_cloudwatch_log_group": "log group",
    "aws_ebs_volume": "volume",
    "aws_eip": "address",
    "aws_iam_instance_profile": "instance profile",
    "aws_iam_policy": "policy",
    "aws_iam_role": "role",
    "aws_instance": "instance",
    "aws_internet_gateway": "internet gateway",
    "aws_lambda_function": "function",
    "aws_launch_template": "launch template",
    "aws_network_interface": "interface",
    "aws_route53_health_check": "health check",
    "aws_route53_record": "record",
    "aws_route_table": "route table",
    "aws_scheduler_schedule": "schedule",
    "aws_scheduler_schedule_group": "schedule group",
    "aws_security_group": "security group",
    "aws_sns_topic": "topic",
    "aws_ssm_parameter": "parameter",
    "aws_subnet": "subnet",
    "aws_vpc": "VPC",
}
# what is a part of one of those and goes with it, and what lies in the bucket
GOES_ALONG = {
    "aws_acm_certificate_validation",
    "aws_apigatewayv2_api_mapping",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_route",
    "aws_apigatewayv2_stage",
    "aws_cloudwatch_event_target",
    "aws_default_security_group",
    "aws_iam_role_policy",
    "aws_lambda_permission",
    "aws_route",
    "aws_route_table_association",
    "aws_s3_object",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_volume_attachment",
}
EVENT = "course"


def test_every_type_of_resource_is_looked_for(course: Stack) -> None:
    assert set(course.document["resource"]) == set(LOOKED_FOR) | GOES_ALONG
    assert set(LOOKED_FOR.values()) <= {type_.name for type_ in RESOURCE_TYPES}


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        ("aws_iam_role", "name", {resource_name(EVENT, part) for part in ROLES} | {f"{off_page_name(EVENT)}-400"}),
        ("aws_iam_policy", "name", {resource_name(EVENT, part) for part in POLICIES}),
        ("aws_iam_instance_profile", "name", {resource_name(EVENT, part) for part in PROFILES}),
        ("aws_budgets_budget", "name", {resource_name(EVENT)}),
        ("aws_scheduler_schedule_group", "name", {resource_name(EVENT)}),
        ("aws_cloudwatch_metric_alarm", "alarm_name", {resource_name(EVENT, part) for part in ALARMS}),
        ("aws_cloudwatch_event_rule", "name", {resource_name(EVENT, part) for part in EVENT_RULES}),
        ("aws_sns_topic", "name", {resource_name(EVENT, "alerts")}),
        ("aws_autoscaling_group", "name", {workers_name(EVENT)}),
        ("aws_lambda_function", "function_name", {off_page_name(EVENT)}),
        ("aws_apigatewayv2_api", "name", {off_page_name(EVENT)}),
        ("aws_cloudwatch_log_group", "name", {off_page_log(EVENT)}),
    ],
)
def test_what_is_known_by_its_name_has_that_name(course: Stack, kind: str, key: str, expected: set[str]) -> None:
    assert {resource[key] for resource in course.all(kind)} == expected


def test_every_parameter_lies_below_the_event_s_own_path(course: Stack) -> None:
    assert all(it["name"].startswith(f"{parameter_path(EVENT)}/") for it in course.all("aws_ssm_parameter"))


def test_the_record_looks_as_leftovers_expects(stack: Stack) -> None:
    record, otherwise = stack.at("dns/record"), stack.at("dns/otherwise")

    assert (record["type"], record["ttl"]) == ("A", 60)
    assert otherwise["set_identifier"] == OFF_PAGE_RECORD
