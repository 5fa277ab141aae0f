"""The function behind the off page, with its role and its log: pophub/off_page is its code."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
)
from constructs import Construct

from pophub.core.contract import off_page_log
from pophub.organizer.deploy import iam, off_page
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan
from stacks.base import address
from stacks.dns import SECONDS_TO_THE_HUB
from stacks.home import Home
from stacks.hub import Hub

RUNTIME = "python3.13"
# Lambda's processor share grows with the memory; with this much, boto3 loads in a second
MEMORY_MIB = 256
# enough for the slowest answer: a machine that does not answer, and three calls to AWS with one retry each
TIMEOUT_SECONDS = 20
LOG_DAYS = 30


class OffPage(Construct):
    """A Lambda function that shows the page and, if the event lets people, starts this one hub.

    Its archive is written to `scratch`; synth copies it from there.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        plan: Plan,
        scratch: Path,
        hub: Hub,
        home: Home,
        bucket: str,
        bucket_region: str,
        account_id: str,
        boundary: str | None,
    ) -> None:
        super().__init__(scope, id_)
        event, archive = plan.event, scratch / f"{plan.event.name}.zip"
        archive.write_bytes(off_page.archive(plan))
        self._log = CloudwatchLogGroup(self, "log", name=off_page_log(event.name), retention_in_days=LOG_DAYS)
        self.role = self._role(name, event, boundary)
        policy = off_page.permissions(
            event,
            bucket=bucket,
            key_arn=off_page.key_arn(event.name, event.region, account_id),
            instance=hub.instance.arn,
            disk_keys=home.disk_keys(hub),
            log_group=self._log.arn,
        )
        permissions = IamRolePolicy(self, "permissions", name="off-page", role=self.role.id, policy=policy)
        environment = {
            "BUCKET": bucket,
            "BUCKET_REGION": bucket_region,
            "INSTANCE_ID": hub.instance.id,
            "HUB_ADDRESS": hub.address.public_ip,
            "SECONDS_TO_THE_HUB": str(SECONDS_TO_THE_HUB),
        }
        self.function = self._function(name, archive, environment, permissions)

    def destroy_before(self, policy: IamPolicy) -> None:
        """Destroy the role before this policy: AWS Budgets may have attached it, and an attached policy cannot be deleted."""
        self.role.depends_on = [address(policy)]

    def _role(self, name: str, event: Event, boundary: str | None) -> IamRole:
        """The role's name contains the budget's limit: a new limit makes a new role, without the policy that Budgets attached."""
        return IamRole(
            self,
            "role",
            name=f"{name}-{event.budget_usd}",
            permissions_boundary=boundary,
            description="The page that the hub's address shows while it is off: start this hub",
            assume_role_policy=iam.trust("lambda.amazonaws.com"),
            force_detach_policies=True,
        )

    def _function(
        self, name: str, archive: Path, environment: dict[str, str], permissions: IamRolePolicy
    ) -> LambdaFunction:
        content = hashlib.sha256(archive.read_bytes()).digest()
        return LambdaFunction(
            self,
            "function",
            function_name=name,
            description="The page that the hub's address shows while it is off",
            role=self.role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=off_page.HANDLER,
            filename=TerraformAsset(self, "archive", path=str(archive), type=AssetType.FILE).path,
            source_code_hash=base64.b64encode(content).decode(),
            memory_size=MEMORY_MIB,
            timeout=TIMEOUT_SECONDS,
            environment=LambdaFunctionEnvironment(variables=environment),
            logging_config=LambdaFunctionLoggingConfig(log_format="Text", log_group=self._log.name),
            depends_on=[permissions],
        )
