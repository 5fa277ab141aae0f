"""Whether a deploy gives a running hub another machine, for which it stops: asked of EC2 before anything is deployed."""

from __future__ import annotations

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.cli.hub_from_here import machines_of
from pophub.organizer.plan.plan import Plan


def stops_for(aws: Aws, plan: Plan) -> tuple[str, ...]:
    """What to warn of, where the event's machine runs and is of another type; Terraform stops it and starts it again.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance#instance_type-1
    """
    machines = machines_of(aws, plan.event.region, plan.event.name)
    types = [it["InstanceType"] for it in machines if it["State"]["Name"] in ("pending", "running")]
    return tuple(
        f"the hub stops for some minutes, and with it everybody's server: its machine, {runs}, becomes {plan.instance_type}; "
        f"where AWS has none of these, it stays off. `host.instance_type: {runs}` in the event file keeps it"
        for runs in types
        if runs != plan.instance_type
    )


def require_consent(stops: tuple[str, ...]) -> None:
    """Raises: PophubError: the hub would stop, and nobody said that it may."""
    if stops:
        hint = "when nobody works, or with --while-at-work"
        raise PophubError(f"nothing was deployed: {stops[0]}", hint=hint)
