"""The hub's permissions in AWS: read its own parameters and bundles, read and write its own prefixes of the account bucket."""

from __future__ import annotations

from pophub.core.contract import ARCHIVE, BUNDLES, CERTIFICATES, REPORTS, parameter_path
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


def permissions(event: str, *, region: str, account_id: str, bucket: str) -> str:
    """The policy of the hub's machine; it is narrow because participants' code runs there."""
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
    )
