"""The role of one of the event's machines; its policy is in pophub/organizer/deploy (hub_role.py, worker_role.py)."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from pophub.organizer.deploy import iam


class InstanceRole(Construct):
    """The role, its one policy, and the profile by which EC2 gives the role to a machine. `part` is "hub" or "worker"."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, part: str, description: str, policy: str, boundary: str | None
    ) -> None:
        super().__init__(scope, id_)
        role = IamRole(
            self,
            "role",
            name=f"{name}-{part}",
            permissions_boundary=boundary,
            description=description,
            assume_role_policy=iam.trust("ec2.amazonaws.com"),
        )
        self.permissions = IamRolePolicy(self, "permissions", name=part, role=role.id, policy=policy)
        self.profile = IamInstanceProfile(self, "profile", name=f"{name}-{part}", role=role.name)
