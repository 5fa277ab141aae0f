"""The role of the hub's machine, with its permissions."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from pophub.organizer.deploy import hub_role, iam


class HubRole(Construct):
    """The role of a machine that runs code of strangers."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        event: str,
        region: str,
        account_id: str,
        bucket: str,
        boundary: str | None,
    ) -> None:
        super().__init__(scope, id_)
        role = IamRole(
            self,
            "role",
            name=f"{name}-hub",
            permissions_boundary=boundary,
            description="The hub's machine: its own parameters and bucket prefixes, Session Manager",
            assume_role_policy=iam.trust("ec2.amazonaws.com"),
        )
        self.permissions = IamRolePolicy(
            self,
            "permissions",
            name="hub",
            role=role.id,
            policy=hub_role.permissions(event, region=region, account_id=account_id, bucket=bucket),
        )
        self.profile = IamInstanceProfile(self, "profile", name=f"{name}-hub", role=role.name)
