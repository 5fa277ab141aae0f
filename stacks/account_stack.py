"""Once per AWS account: the shelf and the cost-allocation tag. It knows no event."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ce_cost_allocation_tag import CeCostAllocationTag
from constructs import Construct

from pophub.account import Account
from pophub.naming import EVENT_TAG
from stacks.base import PophubStack
from stacks.shelf import Shelf


class AccountStack(PophubStack):
    """What every event of this account shares; protected from an accidental destroy."""

    def __init__(self, scope: Construct, id_: str, *, account: Account) -> None:
        super().__init__(scope, id_, account=account, region=account.region, tags={EVENT_TAG: "account"})
        shelf = Shelf(self, "shelf", name=self.shelf_name)
        if account.activate_cost_tag:
            # Here and not in an event's stack: destroying it blinds the cost reports of every other event.
            CeCostAllocationTag(
                self,
                "cost_tag",
                tag_key=EVENT_TAG,
                status="Active",
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
            )
        TerraformOutput(self, "shelf_name", value=shelf.bucket.id).override_logical_id("shelf")
        TerraformOutput(self, "shelf_region", value=account.region)
