"""Servers that the hub does not know, for example because it was restarted while they started.

Only a complete answer of the hub counts. After an incomplete one the time is measured anew.
"""

from __future__ import annotations

from datetime import timedelta

from docker.errors import DockerException  # type: ignore[import-untyped]

from pophub.core import contract
from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubRefused, HubSilent
from pophub.hub.workers.world import Memory, World

# longer than a start may take (`start_timeout` in hub-config/sections/servers.py)
ORPHANED = timedelta(minutes=15)
# a pause between two requests, because the hub lists all users for each
EVERY = timedelta(minutes=2)


def find_orphans(world: World, memory: Memory, moment: Moment) -> tuple[str, ...]:
    """The services that the hub has not known for ORPHANED. It asks the hub EVERY two minutes and changes `memory`."""
    if world.hub is None or (
        memory.asked is not None and moment.up_ms - memory.asked < EVERY / timedelta(milliseconds=1)
    ):
        return ()
    memory.asked = moment.up_ms
    unknown = _unknown(world)
    for known in memory.unknown.keys() - unknown:
        del memory.unknown[known]
    since = {service: memory.unknown.setdefault(service, moment.up_ms) for service in sorted(unknown)}
    return tuple(it for it, up in since.items() if timedelta(milliseconds=moment.up_ms - up) >= ORPHANED)


def _unknown(world: World) -> set[str]:
    """The services whose server is not in the hub's list; empty if the hub or Docker does not answer."""
    assert world.hub is not None
    try:
        # before the hub's list, so that a server that starts in between is in that list
        owners = {it["ID"]: it["Spec"].get("Labels") or {} for it in world.docker.services()}
        if not owners:
            return set()
        known = {(user["name"], server) for user in world.hub.users() for server in user["servers"]}
    except (DockerException, OSError, HubSilent, HubRefused, KeyError, TypeError):
        return set()
    named = {it: labels for it, labels in owners.items() if contract.USER_LABEL in labels}
    return {
        it
        for it, labels in named.items()
        if (labels[contract.USER_LABEL], labels.get(contract.SERVER_LABEL, "")) not in known
    }
