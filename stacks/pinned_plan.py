"""The choices of the first deployment (machine and prices) as a parameter, so that every organizer's computer finds them."""

from __future__ import annotations

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from pophub.organizer.deploy.pinned import pin_name
from pophub.organizer.plan.pin import Unread, as_text
from pophub.organizer.plan.plan import UNREAD, Plan
from stacks.base import address
from stacks.hub import Hub


class PinnedPlan(Construct):
    """A parameter that main.py and the commands read before they make a plan. It contains no secret; the hub does not read it."""

    def __init__(self, scope: Construct, id_: str, *, plan: Plan, caller: DataAwsCallerIdentity, hub: Hub) -> None:
        super().__init__(scope, id_)
        SsmParameter(
            self,
            "parameter",
            name=pin_name(plan.event.name),
            type="String",
            # a region's more than 60 machines take about 3 KB, and the Standard tier allows 4
            tier="Intelligent-Tiering",
            value=as_text(plan.new_pin),
            # after the instance: an instance type that AWS could not provide must not be pinned
            depends_on=[hub.instance],
            lifecycle=_refusal(plan.pin.reason, caller) if isinstance(plan.pin, Unread) else None,
        )


def _refusal(reason: str, caller: DataAwsCallerIdentity) -> TerraformResourceLifecycle:
    """Refuse to apply stacks that were made without reading the pin: they could change a running hub's machine.

    Terraform requires a condition that refers to something; this one is never true.
    """
    message = f"{UNREAD.format(reason=reason)}. Deploy again, so that the stacks are worked out with AWS."
    never = f'${{{address(caller)}.account_id == ""}}'
    return TerraformResourceLifecycle(precondition=[Precondition(condition=never, error_message=message)])
