"""What was chosen at an event's first deployment, read from Parameter Store, where Terraform keeps it. It changes nothing.

stacks/pin.py writes it; a destroy and `pophub leftovers` remove it with the event's other parameters.
"""

from __future__ import annotations

from datetime import datetime

from pophub.aws.client import UNREACHABLE, Aws, AwsRefusal
from pophub.core.contract import parameter_path
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan.pin import Pin, Unread, from_text
from pophub.organizer.plan.plan import UNREAD, Plan, make_plan
from pophub.organizer.plan.prices import region_prices


def pin_name(event: str) -> str:
    """The parameter's name."""
    return f"{parameter_path(event)}/plan"


class Pins:
    """The pins of several events. Without credentials or network, AWS is asked once and not again."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._unread: Unread | None = None

    def read(self, event: Event) -> Pin | Unread | None:
        """What the event was deployed with; None if it is not deployed."""
        if self._unread is not None:
            return self._unread
        name = pin_name(event.name)
        try:
            # unlike ssm:GetParameter, it does not refuse a name that does not exist
            found = self._aws.call("ssm", event.region, "get_parameters", Names=[name])["Parameters"]
        except PophubError as error:
            unread = Unread(error.problem)
            if not isinstance(error, AwsRefusal) or error.aws_code == UNREACHABLE:
                self._unread = unread
            return unread
        try:
            return from_text(found[0]["Value"]) if found else None
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            return Unread(f"{name} in {event.region} is not one that this version of pophub wrote: {error!r}")


def plan_with_pin(aws: Aws, event: Event, *, now: datetime, at_once: bool = False) -> Plan:
    """The event's plan, with the machine and the prices of its first deployment if it is deployed.

    Raises:
        PophubError: there is no machine for the event.
    """
    return make_plan(event, region_prices(event.region), now=now, pin=Pins(aws).read(event), at_once=at_once)


def require_pin(plan: Plan) -> Plan:
    """The plan, if a deploy of it cannot change the machine of a hub unasked.

    Raises:
        PophubError: AWS did not say whether the event is deployed.
    """
    if isinstance(plan.pin, Unread):
        problem = f"nothing was deployed: {UNREAD.format(reason=plan.pin.reason)}"
        raise PophubError(problem, hint="the same command again, once AWS answers", code=ExitCode.REFUSED)
    return plan
