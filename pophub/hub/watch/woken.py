"""A start from the off page: recorded once in the meter and once in the journal."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pophub.core.cost.meter import append
from pophub.core.cost.records import Kind, Moment, of_hub
from pophub.core.cost.wake import Wake
from pophub.hub.watch import reason_text
from pophub.hub.watch.facts import Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, State, read

# the longest time from the button to the end of the boot; an older start belongs to an earlier boot
BOOTED_WITHIN = timedelta(minutes=10)


def note_wake(paths: Paths, state: State, facts: Facts, policy: Policy, moment: Moment) -> dict[str, Any] | None:
    """Record it, and return a line for the journal, once in a boot that a visitor started. A full disk is ignored."""
    found = None if state.woken else read(paths.started, _wake, nothing=None)
    if found is None or facts.booted is None or not -BOOTED_WITHIN <= found[0] - facts.booted <= timedelta():
        return None
    at, wake = found
    state.woken = True
    with suppress(OSError):
        append(paths.meter, [of_hub(Kind.WAKE, moment)._replace(wake=wake)])
    when = reason_text.clock(at, facts, policy)
    reason = (
        f"somebody started the hub from its page at {when}: start {wake.number} of at most {wake.times_a_day} that day"
    )
    return {"action": "started from its page", "reason": reason}


def _wake(data: Any) -> tuple[datetime, Wake] | None:
    """The start's record; None for a start with `pophub start`."""
    return (datetime.fromisoformat(data["at"]), Wake.from_json(data["wake"])) if "wake" in data else None
