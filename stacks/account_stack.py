"""The stack for one AWS account: the account bucket. Each deploy activates the cost tag (pophub/aws/cost_tag.py)."""

from __future__ import annotations

from cdktf import TerraformOutput
from constructs import Construct

from pophub.core.contract import EVENT_TAG
from pophub.organizer.event.account import Account
from stacks.base import PophubStack
from stacks.shelf import Shelf


class AccountStack(PophubStack):
    """What all events of this account share; protected against an accidental destroy."""

    def __init__(self, scope: Construct, id_: str, *, account: Account) -> None:
        super().__init__(scope, id_, account=account, region=account.region, tags={EVENT_TAG: "account"})
        shelf = Shelf(self, "shelf", name=self.shelf_name)
        # The state may still contain the cost tag as a resource. Terraform must forget it: to destroy it would
        # deactivate the tag for every event.
        self.add_override("removed", [{"from": "aws_ce_cost_allocation_tag.cost_tag", "lifecycle": {"destroy": False}}])
        TerraformOutput(self, "shelf_name", value=shelf.bucket.id).override_logical_id("shelf")
        TerraformOutput(self, "shelf_region", value=account.region)
