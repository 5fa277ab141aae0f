"""Wait, after a deploy, until people can use the hub. It asks no question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.ready import HOW_LONG, wait_until_ready
from pophub.organizer.deploy.ready_world import world_from_here
from pophub.organizer.event.event_file import load_event
from pophub.organizer.outcome import Outcome
from pophub.organizer.paths import event_file

ShowProgress = Callable[[str, str], AbstractContextManager[Callable[[str], None]]]


def wait(deployed: Outcome, aws: Aws, environ: Mapping[str, str], progress: ShowProgress) -> Outcome:
    """The deploy's outcome, completed once people can use the hub. The account's stack has no hub to wait for.

    Raises:
        PophubError: the hub is not ready; the error names the likely cause.
    """
    if "hub_url" not in deployed.facts:
        return deployed
    made = Deployment.model_validate(deployed.facts)
    event, world = load_event(event_file(made.event)), world_from_here(made, aws, environ)
    try:
        with progress(f"waiting until {made.event} is ready", HOW_LONG) as talk:
            ready = wait_until_ready(made, event, world, talk)
    except KeyboardInterrupt as interrupt:
        hint = f"{made.hub_url} shows how far it is"
        raise PophubError(f"{made.event} is deployed; you stopped waiting for its hub", hint=hint) from interrupt
    off = f"{ready.off}, so the hub is not open: the schedule starts it, or: pophub start {made.event}"
    text = off if ready.off else f"ready: {made.hub_url} is open to people, {ready.seconds} s after the deployment"
    facts = {**deployed.facts, "ready": not ready.off, "seconds": ready.seconds}
    return Outcome(facts, f"{text}\n{deployed.text}")
