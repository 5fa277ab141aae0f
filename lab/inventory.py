"""Everything that exists in the lab AWS, listed from each service directly, to check a destroy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from lab.aws import ACCOUNT_ID, LabAws

# (paginator or call, key of the list, key of an entry's name); below, the service comes first
_EC2 = (
    ("describe_volumes", "Volumes", "VolumeId"),
    ("describe_addresses", "Addresses", "AllocationId"),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("describe_security_groups", "SecurityGroups", "GroupId"),
    ("describe_vpcs", "Vpcs", "VpcId"),
    ("describe_subnets", "Subnets", "SubnetId"),
    ("describe_route_tables", "RouteTables", "RouteTableId"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    ("describe_spot_instance_requests", "SpotInstanceRequests", "SpotInstanceRequestId"),
)
_ELSEWHERE = (
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("ssm", "describe_parameters", "Parameters", "Name"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("events", "list_rules", "Rules", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    ("apigatewayv2", "get_apis", "Items", "ApiId"),
    ("apigatewayv2", "get_domain_names", "Items", "DomainName"),
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("route53", "list_health_checks", "HealthChecks", "Id"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    # `Local` leaves out AWS's own policies
    ("iam", "list_policies", "Policies", "PolicyName", ("Scope", "Local")),
)
_BUDGETS = (
    ("describe_budgets", "Budgets", "BudgetName"),
    ("describe_budget_actions_for_account", "Actions", "ActionId"),
)
Entry = tuple[str, str]


def take_inventory(aws: LabAws, region: str) -> frozenset[Entry]:
    """(kind, name) of everything in one region and in the global services; terminated instances are left out."""
    client = cache(lambda service: aws.client(service, region))
    entries: set[Entry] = set(_snapshots_and_instances(client("ec2")))
    for call, key, name in _EC2:
        entries |= {(key, entry[name]) for entry in _all(getattr(client("ec2"), call), key)}
    for service, call, key, name, *arguments in _ELSEWHERE:
        entries |= {
            (key, entry[name])
            for entry in _all(getattr(client(service), call), key, **dict(arguments))
            # AWS makes these roles for itself, and they stay
            if not entry.get("Path", "").startswith("/aws-service-role/")
        }
    budgets = aws.client("budgets", "us-east-1")
    for call, key, name in _BUDGETS:
        entries |= {(key, entry[name]) for entry in _all(getattr(budgets, call), key, AccountId=ACCOUNT_ID)}
    entries |= set(_records(aws.client("route53", "us-east-1")))
    entries |= set(_objects(client("s3")))
    return frozenset(entries)


def _all(call: Callable[..., dict[str, Any]], key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Every entry of all pages."""
    page = call(**arguments)
    yield from page.get(key) or []
    while token := page.get("NextToken"):
        page = call(NextToken=token, **arguments)
        yield from page.get(key) or []


def _snapshots_and_instances(ec2: Any) -> Iterator[Entry]:
    for snapshot in _all(ec2.describe_snapshots, "Snapshots", OwnerIds=["self"]):
        yield "Snapshots", snapshot["SnapshotId"]
    for reservation in _all(ec2.describe_instances, "Reservations"):
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield "Instances", instance["InstanceId"]


def _records(route53: Any) -> Iterator[Entry]:
    for zone in route53.list_hosted_zones()["HostedZones"]:
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            yield "ResourceRecordSets", f"{record['Name']} {record['Type']}"


def _objects(s3: Any) -> Iterator[Entry]:
    for bucket in s3.list_buckets()["Buckets"]:
        yield "Buckets", bucket["Name"]
        for item in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            yield "Objects", f"{bucket['Name']}/{item['Key']}"
