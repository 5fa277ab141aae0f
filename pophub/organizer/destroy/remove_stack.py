"""Destroy an event's stack; before, other people's resources in its network are named and GuardDuty's are removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pophub.aws.client import AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.destroy.run_command import Talk
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.in_the_way import POLL_SECONDS, POLLS, clear, others
from pophub.organizer.leftovers.resource import Resource
from pophub.organizer.leftovers.workers import end_workers

if TYPE_CHECKING:
    from pophub.organizer.destroy.end_steps import Organizer, Steps

# the limits are `at_most_seconds` in pophub/organizer/deploy/terraform/kinds.json
HOW_LONG = "AWS removes the machine, then the network: 1 to 3 minutes, at most 20 if something is still in the network"
LOOKING = f"some seconds; at most {POLLS * POLL_SECONDS // 60} minutes until an endpoint of GuardDuty is gone"


def remove_stack(context: EventContext, organizer: Organizer, steps: Steps) -> None:
    """Destroy the stack.

    Raises:
        PophubError: not everything could be destroyed; the error names what blocks the network's deletion.
    """
    with organizer.progress(f"looking what is in the network of {context.event}", LOOKING) as talk:
        _clear(context, talk)
        blocking = _others(context)
    if blocking:
        # Terraform waits up to 20 minutes until the network can be deleted, and does not say what blocks it
        organizer.warns("\n".join([f"the network of {context.event} stays until these are removed:", *lines(blocking)]))
    try:
        with organizer.progress(f"destroying {context.event}", HOW_LONG) as talk:
            _end_workers(context, talk)
            steps.remove_stack(talk)
    except PophubError as error:
        # an interrupt by Ctrl-C, which pophub/organizer/deploy/deploy.py turns into an error
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise
        with organizer.progress(f"looking what is in the network of {context.event}", LOOKING) as talk:
            # GuardDuty may have created its resources again while the machine still ran
            removed, blocking = _clear(context, talk), _others(context)
        if not removed:
            raise _with(blocking, error) from error
        with organizer.progress(f"destroying {context.event}, once more", HOW_LONG) as talk:
            steps.remove_stack(talk)


def lines(resources: Sequence[Resource]) -> list[str]:
    """One line per resource."""
    return [f"  {resource.type} {resource.id}: {resource.note}" for resource in resources]


def _end_workers(context: EventContext, talk: Talk) -> None:
    """If AWS does not let it, Terraform may still succeed; an event without workers needs no right to it."""
    try:
        end_workers(context, talk)
    except AwsRefusal as refusal:
        talk(refusal.sentence)


def _clear(context: EventContext, talk: Talk) -> int:
    """Remove GuardDuty's resources. If that is not permitted, Terraform may still succeed."""
    try:
        return clear(context, talk)
    except AwsRefusal as refusal:
        talk(refusal.sentence)
        return 0


def _others(context: EventContext) -> list[Resource]:
    try:
        return others(context)
    except AwsRefusal:
        return []


def _with(blocking: Sequence[Resource], error: PophubError) -> PophubError:
    if not blocking:
        return error
    problem = "\n".join([error.problem, "in the way of the network are:", *lines(blocking)])
    hint = "remove these, or ask their owners to; then the same command goes on"
    return PophubError(problem, hint="; ".join(filter(None, (hint, error.hint))), code=ExitCode.REFUSED)
