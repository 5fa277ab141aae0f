"""What the hub's machine may do in AWS: read its own parameters and bundles, write its own shelf prefixes, no more."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from pophub.naming import parameter_path
from stacks import policy

READS = ("bundles", "certificates", "reports", "archive")
WRITES = ("certificates", "reports", "archive")
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


class HubRole(Construct):
    """The role of a machine on which strangers' code runs."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, event: str, region: str, account_id: str, shelf: str
    ) -> None:
        super().__init__(scope, id_)
        role = IamRole(
            self,
            "role",
            name=f"{name}-hub",
            description="The hub's machine: its own parameters and shelf prefixes, Session Manager",
            assume_role_policy=policy.trust("ec2.amazonaws.com"),
        )
        bucket = f"arn:aws:s3:::{shelf}"
        parameters = f"arn:aws:ssm:{region}:{account_id}:parameter{parameter_path(event)}/*"
        self.permissions = IamRolePolicy(
            self,
            "permissions",
            name="hub",
            role=role.id,
            policy=policy.document(
                policy.statement(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [parameters]),
                policy.statement(["s3:GetObject"], [f"{bucket}/{prefix}/{event}/*" for prefix in READS]),
                policy.statement(["s3:PutObject"], [f"{bucket}/{prefix}/{event}/*" for prefix in WRITES]),
                # an archive goes there in parts, and each object says how long it is kept
                policy.statement(["s3:AbortMultipartUpload", "s3:PutObjectTagging"], [f"{bucket}/archive/{event}/*"]),
                policy.statement(
                    ["s3:ListBucket"],
                    [bucket],
                    {"StringLike": {"s3:prefix": [f"{prefix}/{event}/*" for prefix in READS]}},
                ),
                # these actions know no narrower resource than the caller itself
                policy.statement(SESSION_MANAGER, ["*"]),
            ),
        )
        self.profile = IamInstanceProfile(self, "profile", name=f"{name}-hub", role=role.name)
