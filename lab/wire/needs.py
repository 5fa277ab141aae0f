"""The permissions that a role needs for a call: the action, each resource, and the values for conditions.

A call that is not listed here needs its action on every resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.autoscaling.models import autoscaling_backends

from lab.policies import Need
from lab.wire.call import Call
from lab.wire.permission import action_of


def needs_of(call: Call, account: str) -> list[Need]:
    """The needed permissions; all of them must be allowed."""
    action, where = action_of(call), f"{call.sender.region}:{account}"
    if call.service == "s3":
        return list(_of_s3(call, action))
    find = _RESOURCES.get(action)
    resources = list(find(call.parameters, where)) if find else ["*"]
    context = {"iam:PolicyARN": call.parameters["PolicyArn"]} if "PolicyArn" in call.parameters else {}
    return [Need(action, resource, context) for resource in resources]


def _instances(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    return (f"arn:aws:ec2:{where}:instance/{each}" for each in asked["InstanceIds"])


def _parameters(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    names = [*asked.get("Names", ()), *(asked[key] for key in ("Name", "Path") if key in asked)]
    return (f"arn:aws:ssm:{where}:parameter/{name.lstrip('/')}" for name in names)


def _automation(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    """The document and the execution of it: both are required since 2026.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    region, account = where.split(":")
    owner = "" if asked["DocumentName"].startswith("AWS-") else account
    yield f"arn:aws:ssm:{region}:{owner}:document/{asked['DocumentName']}"
    yield f"arn:aws:ssm:{where}:automation-execution/00000000-0000-4000-8000-000000000000"


def _role(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    return (f"arn:aws:iam::{where.split(':')[1]}:role/{asked['RoleName']}",)


def _alarm(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    return (f"arn:aws:cloudwatch:{where}:alarm:{asked['AlarmName']}",)


def _topic(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    return (asked["TopicArn"],)


def _group(asked: Mapping[str, Any], where: str) -> Iterable[str]:
    region, account = where.split(":")
    groups = autoscaling_backends[account][region].autoscaling_groups.values()
    wanted = asked.get("AutoScalingGroupName"), asked.get("InstanceId")
    found = [it for it in groups if it.name == wanted[0] or wanted[1] in {each.instance_id for each in it.instances}]
    return [it.arn for it in found] or [f"arn:aws:autoscaling:{where}:autoScalingGroup:none:autoScalingGroupName/none"]


_RESOURCES: Mapping[str, Callable[[Mapping[str, Any], str], Iterable[str]]] = {
    "autoscaling:SetDesiredCapacity": _group,
    "autoscaling:SetInstanceProtection": _group,
    "autoscaling:TerminateInstanceInAutoScalingGroup": _group,
    "autoscaling:UpdateAutoScalingGroup": _group,
    "ec2:StartInstances": _instances,
    "ec2:StopInstances": _instances,
    "ec2:TerminateInstances": _instances,
    "ssm:GetParameter": _parameters,
    "ssm:GetParameters": _parameters,
    "ssm:GetParametersByPath": _parameters,
    "ssm:PutParameter": _parameters,
    "ssm:DeleteParameter": _parameters,
    "ssm:StartAutomationExecution": _automation,
    "iam:AttachRolePolicy": _role,
    "iam:DetachRolePolicy": _role,
    "cloudwatch:SetAlarmState": _alarm,
    "sns:Publish": _topic,
}


def _of_s3(call: Call, action: str) -> Iterable[Need]:
    asked = call.parameters
    bucket = f"arn:aws:s3:::{asked['Bucket']}" if "Bucket" in asked else "*"
    if "Key" not in asked:
        prefix = {"s3:prefix": asked.get("Prefix", "")} if action.startswith("s3:ListBucket") else {}
        yield Need(action, bucket, prefix)
        return
    yield Need(action, f"{bucket}/{asked['Key']}")
    if asked.get("Tagging") and action == "s3:PutObject":
        yield Need("s3:PutObjectTagging", f"{bucket}/{asked['Key']}")
