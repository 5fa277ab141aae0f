"""A start from the off page: recorded once in the meter and told once in the journal."""

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

# from the press of the button until the machine has booted, at most; an older one belongs to an earlier boot
BOOTED_WITHIN = timedelta(minutes=10)


def note_wake(paths: Paths, state: State, facts: Facts, policy: Policy, moment: Moment) -> dict[str, Any] | None:
    """A line for the journal, if this boot is found now to be a start from the off page. A full disk is ignored."""
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
    """None for a start with `pophub start`."""
    return (datetime.fromisoformat(data["at"]), Wake.from_json(data["wake"])) if "wake" in data else None
