"""The roles of the hub's machine and of its workers, with their permissions."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from pophub.organizer.deploy import hub_role, iam, worker_role


class HubRole(Construct):
    """The role of a machine that runs code of strangers, or sets the number of workers that run it."""

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
        workers: bool,
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
            policy=hub_role.permissions(event, region=region, account_id=account_id, bucket=bucket, workers=workers),
        )
        self.profile = IamInstanceProfile(self, "profile", name=f"{name}-hub", role=role.name)


class WorkerRole(Construct):
    """The role of a machine that runs code of strangers and no hub."""

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
            name=f"{name}-worker",
            permissions_boundary=boundary,
            description="A worker: its bundle, its token for the swarm, and its own end",
            assume_role_policy=iam.trust("ec2.amazonaws.com"),
        )
        self.permissions = IamRolePolicy(
            self,
            "permissions",
            name="worker",
            role=role.id,
            policy=worker_role.permissions(event, region=region, account_id=account_id, bucket=bucket),
        )
        self.profile = IamInstanceProfile(self, "profile", name=f"{name}-worker", role=role.name)
