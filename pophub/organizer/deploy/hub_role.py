"""The hub's permissions in AWS: read its own parameters and bundles, read and write its own prefixes of the account bucket."""

from __future__ import annotations

from typing import Any

from pophub.core.contract import (
    ARCHIVE,
    BUNDLES,
    CERTIFICATES,
    REPORTS,
    parameter_path,
    worker_parameter,
    workers_name,
)
from pophub.organizer.deploy import iam

READS = (BUNDLES, CERTIFICATES, REPORTS, ARCHIVE)
WRITES = (CERTIFICATES, REPORTS, ARCHIVE)
# AmazonSSMManagedInstanceCore without `ssm:GetParameter`, which allows every parameter of the account:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
SESSION_MANAGER = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
)


# these calls know no narrower resource:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
LOOK_AT_GROUPS = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeScalingActivities",
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    "ec2:DescribeSpotPriceHistory",
)
END_A_WORKER = "autoscaling:TerminateInstanceInAutoScalingGroup"


def permissions(event: str, *, region: str, account_id: str, bucket: str, workers: bool = False) -> str:
    """The policy of the hub's machine; it is narrow because participants' code runs there if the event has no workers."""
    arn = f"arn:aws:s3:::{bucket}"
    parameters = f"arn:aws:ssm:{region}:{account_id}:parameter{parameter_path(event)}/*"
    return iam.document(
        iam.statement(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [parameters]),
        iam.statement(["s3:GetObject"], [f"{arn}/{prefix}/{event}/*" for prefix in READS]),
        iam.statement(["s3:PutObject"], [f"{arn}/{prefix}/{event}/*" for prefix in WRITES]),
        # an archive is uploaded in parts, and each object has a tag that says how long it is kept
        iam.statement(["s3:AbortMultipartUpload", "s3:PutObjectTagging"], [f"{arn}/{ARCHIVE}/{event}/*"]),
        iam.statement(
            ["s3:ListBucket"],
            [arn],
            {"StringLike": {"s3:prefix": [f"{prefix}/{event}/*" for prefix in READS]}},
        ),
        # IAM accepts no narrower resource for these actions
        iam.statement(SESSION_MANAGER, ["*"]),
        *(_over_workers(event, region, account_id) if workers else ()),
    )


def group_arn(event: str, region: str, account_id: str) -> str:
    """The ARN of the event's Auto Scaling group; the part that only AWS knows is an asterisk."""
    return f"arn:aws:autoscaling:{region}:{account_id}:autoScalingGroup:*:autoScalingGroupName/{workers_name(event)}"


def _over_workers(event: str, region: str, account_id: str) -> tuple[dict[str, Any], ...]:
    """What the hub may do with its one group, and the token that its workers read."""
    sizes = ("autoscaling:SetDesiredCapacity", "autoscaling:SetInstanceProtection", END_A_WORKER)
    token = f"arn:aws:ssm:{region}:{account_id}:parameter{worker_parameter(event)}"
    return (
        iam.statement(LOOK_AT_GROUPS, ["*"]),
        iam.statement(sizes, [group_arn(event, region, account_id)]),
        iam.statement(["ssm:PutParameter"], [token]),
    )
