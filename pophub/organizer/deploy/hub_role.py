"""What the hub's machine may do in AWS: read its own parameters and bundles, write its own shelf prefixes, no more."""

from __future__ import annotations

from pophub.core.contract import ARCHIVE, BUNDLES, CERTIFICATES, REPORTS, parameter_path
from pophub.organizer.deploy import iam

READS = (BUNDLES, CERTIFICATES, REPORTS, ARCHIVE)
WRITES = (CERTIFICATES, REPORTS, ARCHIVE)
# AmazonSSMManagedInstanceCore without its ssm:GetParameter on every parameter of the account:
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


def permissions(event: str, *, region: str, account_id: str, shelf: str) -> str:
    """The policy of a machine on which strangers' code runs."""
    bucket = f"arn:aws:s3:::{shelf}"
    parameters = f"arn:aws:ssm:{region}:{account_id}:parameter{parameter_path(event)}/*"
    return iam.document(
        iam.statement(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [parameters]),
        iam.statement(["s3:GetObject"], [f"{bucket}/{prefix}/{event}/*" for prefix in READS]),
        iam.statement(["s3:PutObject"], [f"{bucket}/{prefix}/{event}/*" for prefix in WRITES]),
        # an archive goes there in parts, and each object says how long it is kept
        iam.statement(["s3:AbortMultipartUpload", "s3:PutObjectTagging"], [f"{bucket}/{ARCHIVE}/{event}/*"]),
        iam.statement(
            ["s3:ListBucket"],
            [bucket],
            {"StringLike": {"s3:prefix": [f"{prefix}/{event}/*" for prefix in READS]}},
        ),
        # these actions know no narrower resource than the caller itself
        iam.statement(SESSION_MANAGER, ["*"]),
    )
