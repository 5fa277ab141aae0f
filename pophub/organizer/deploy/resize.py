"""Whether a deploy gives a running hub another machine, which stops the hub. EC2 is asked before anything is deployed."""

from __future__ import annotations

from pophub.aws.client import Aws
from pophub.aws.instances import hub_instance, workers
from pophub.core.errors import PophubError
from pophub.organizer.plan.plan import Plan


def stops_for(aws: Aws, plan: Plan) -> tuple[str, ...]:
    """The warnings if the event's machine runs and has another type; Terraform stops it, changes it and starts it.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance#instance_type-1
    """
    machine = hub_instance(aws, plan.event.region, plan.event.name)
    if machine is None or machine["State"]["Name"] not in ("pending", "running"):
        return ()
    runs = machine["InstanceType"]
    if plan.workers is None and workers(aws, plan.event.region, plan.event.name):
        return ("everybody's server stops, because the event file has no `workers` any more, and servers run on them",)
    if runs == plan.instance_type:
        return ()
    return (
        f"the hub stops for some minutes, and with it everybody's server: its machine, {runs}, becomes {plan.instance_type}; "
        f"if AWS has no free {plan.instance_type}, the hub stays off. `host.instance_type: {runs}` in the event file keeps "
        "its machine",
    )


def require_consent(stops: tuple[str, ...]) -> None:
    """Raises PophubError if `stops` is not empty: the hub would stop, and nobody has agreed to that."""
    if stops:
        hint = "when nobody works, or with --while-at-work"
        raise PophubError(f"nothing was deployed: {stops[0]}", hint=hint)
