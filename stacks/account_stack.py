"""The stack for one AWS account: the account bucket. Each deploy activates the cost tag (pophub/aws/cost_tag.py)."""

from __future__ import annotations

from cdktf import TerraformOutput
from constructs import Construct

from pophub.core.contract import EVENT_TAG
from pophub.organizer.event.account import Account
from stacks.account_bucket import AccountBucket
from stacks.base import PophubStack


class AccountStack(PophubStack):
    """What all events of this account share; protected against an accidental destroy."""

    def __init__(self, scope: Construct, id_: str, *, account: Account) -> None:
        super().__init__(scope, id_, account=account, region=account.region, tags={EVENT_TAG: "account"})
        bucket = AccountBucket(self, "bucket", name=self.bucket_name)
        # The state may still contain the cost tag as a resource. Terraform must forget it: to destroy it would
        # deactivate the tag for every event.
        self.add_override("removed", [{"from": "aws_ce_cost_allocation_tag.cost_tag", "lifecycle": {"destroy": False}}])
        TerraformOutput(self, "bucket_name", value=bucket.bucket.id).override_logical_id("bucket")
        TerraformOutput(self, "bucket_region", value=account.region)
