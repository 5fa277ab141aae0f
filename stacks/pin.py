"""What was chosen at the first deployment, where every organizer's computer finds it: machine and prices, as a parameter."""

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
    """A parameter that main.py reads before it works out the stacks; nothing secret, and nothing that the hub reads."""

    def __init__(self, scope: Construct, id_: str, *, plan: Plan, caller: DataAwsCallerIdentity, hub: Hub) -> None:
        super().__init__(scope, id_)
        SsmParameter(
            self,
            "parameter",
            name=pin_name(plan.event.name),
            type="String",
            # more than 60 machines of a region are about 3 KB, and the Standard tier takes 4
            tier="Intelligent-Tiering",
            value=as_text(plan.new_pin),
            # a machine that AWS did not give is not kept
            depends_on=[hub.instance],
            lifecycle=_refusal(plan.pin.reason, caller) if isinstance(plan.pin, Unread) else None,
        )


def _refusal(reason: str, caller: DataAwsCallerIdentity) -> TerraformResourceLifecycle:
    """Stacks can be worked out without AWS, but then a deploy of them could change a running hub's machine.

    Terraform wants a condition that refers to something; this one is never true.
    """
    message = f"{UNREAD.format(reason=reason)}. Deploy again, so that the stacks are worked out with AWS."
    never = f'${{{address(caller)}.account_id == ""}}'
    return TerraformResourceLifecycle(precondition=[Precondition(condition=never, error_message=message)])
