"""Read the pin of an event's first deployment from Parameter Store. It changes nothing.

stacks/pinned_plan.py writes it; `pophub destroy` and `pophub leftovers` remove it with the event's other parameters.
"""

from __future__ import annotations

from datetime import datetime

from pophub.aws.client import UNREACHABLE, Aws, AwsRefusal
from pophub.core.contract import parameter_path
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.plan.pin import STRICT_TLS, Pin, Unread, from_text
from pophub.organizer.plan.plan import UNREAD, Plan, make_plan
from pophub.organizer.plan.prices import region_prices


def pin_name(event: str) -> str:
    """The name of the parameter that holds the pin."""
    return f"{parameter_path(event)}/plan"


class Pins:
    """The pins of several events. If AWS cannot be reached or has no credentials, it is asked only once."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._unread: Unread | None = None

    def read(self, event: Event) -> Pin | Unread | None:
        """The pin of the event; None if the event is not deployed."""
        if self._unread is not None:
            return self._unread
        name = pin_name(event.name)
        try:
            # ssm:GetParameter would return an error for a name that does not exist; this call does not
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
    """The event's plan; if the event is deployed, with the machine and the prices of its first deployment.

    Raises:
        PophubError: no machine fits the event.
    """
    return make_plan(event, region_prices(event.region), now=now, pin=Pins(aws).read(event), at_once=at_once)


def require_pin(plan: Plan) -> Plan:
    """Return the plan if its deployment cannot change a hub's machine by accident.

    Raises:
        PophubError: AWS did not say whether the event is deployed.
    """
    if isinstance(plan.pin, Unread):
        problem = f"nothing was deployed: {UNREAD.format(reason=plan.pin.reason)}"
        raise PophubError(problem, hint="the same command again, once AWS answers", code=ExitCode.REFUSED)
    return plan


def require_certificate(plan: Plan) -> Plan:
    """Return the plan if browsers that have opened the deployed event can still open it.

    They keep for a year that its address has a valid certificate (HSTS), and nobody can click that away:
    https://www.rfc-editor.org/rfc/rfc6797#section-12.1

    Raises:
        PophubError: the plan has no such certificate any more.
    """
    domain, mode = plan.event.domain, plan.event.tls.mode
    if mode in STRICT_TLS or not isinstance(plan.pin, Pin) or plan.pin.https_only != domain:
        return plan
    raise PophubError(
        f"nothing was deployed: with `tls.mode: {mode}`, nobody who has opened {domain} can open it again: for a year, "
        "their browsers want the valid certificate that it had",
        hint="set `tls.mode` to acme or files, or choose another `domain`; if nobody has opened it yet, "
        f"pophub destroy {plan.event.name}, and then deploy",
    )
