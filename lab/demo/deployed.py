"""Deploy account and event like an organizer, and leave nothing behind, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lab.aws import LabAws
from lab.demo.ending import nothing_left
from lab.inventory import take_inventory
from lab.site import LabSite
from lab.steps import Steps
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.deployment import Deployment


@contextmanager
def deployed(steps: Steps, site: LabSite, aws: LabAws) -> Iterator[Deployment]:
    """A context in which the event is deployed. The block must end the event; if it fails, the event is destroyed here."""
    name, region = site.event.name, site.event.region
    with steps.step("deploy account") as step:
        site.app.deploy("account")
        step.result = "the bucket is made"
    before = take_inventory(aws, region)
    try:
        with steps.step(f"deploy {name}") as step:
            site.app.deploy(name)
            found = site.deployment()
            step.result = f"{found.hub_url} is {found.instance_id} at {found.public_ip}"
        yield found
    except BaseException:
        with steps.step(f"destroy {name}") as step:
            site.app.destroy(name)
            step.result = "destroyed"
        raise
    nothing_left(steps, before, aws, region)


def no_drift(steps: Steps, site: LabSite) -> None:
    """Check with Terraform that a second deploy would change nothing.

    Raises:
        PophubError: it would.
    """
    for stack in ("account", site.event.name):
        with steps.step(f"no drift in {stack}") as step:
            if site.app.has_drifted(stack):
                raise PophubError("a second deploy would change something", code=ExitCode.REFUSED)
            step.result = "terraform plan: no changes"
