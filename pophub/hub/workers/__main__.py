"""Look after the hub's workers every ten seconds; pophub-workers.service runs `python -m pophub.hub.workers`.

`python -m pophub.hub.workers end [SECONDS]` stops every server, ends every worker and waits until none is left. It runs
before the hub powers off (pophub-stop.service) and before its archive (cloud-init/archive.sh).
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]

from pophub.aws.client import Aws
from pophub.core import contract
from pophub.core.cost.records import Moment
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import HubApi
from pophub.hub.this_machine import moment
from pophub.hub.watch.state import write
from pophub.hub.workers.act import act
from pophub.hub.workers.collect import collect
from pophub.hub.workers.decide import BIRTH, decide
from pophub.hub.workers.decision import Decision, Do
from pophub.hub.workers.facts import Facts
from pophub.hub.workers.policy import Policy
from pophub.hub.workers.report import as_report
from pophub.hub.workers.room import AFTER_FAILURE
from pophub.hub.workers.world import Memory, World, births_of

BUNDLE = Path(contract.BUNDLE_FOLDER)
# the rules that end an unusable worker
BAD = ("worker_never_joined", "worker_s_clock_is_wrong")
EVERY_SECONDS = 10
# while the workers end
OFTEN_SECONDS = 2
# AWS gives a machine some minutes to shut down, and an archive has to wait for its last write
LONGEST_END_SECONDS = 600
DOCKER_SECONDS = 8
HUB_SECONDS = 8
# the version of Docker 26.1 in Debian 13; without one, the client asks Docker already when it is created
DOCKER_API = "1.45"


def main(arguments: list[str]) -> ExitCode:
    """Run the loop, or end the workers."""
    world, memory = the_world(), Memory()
    with suppress(OSError):
        memory.births = births_of(world.report.read_text())
    if arguments[:1] == ["end"]:
        return end(world, memory, float(arguments[1]) if arguments[1:] else LONGEST_END_SECONDS)
    last_line = ""
    while True:
        with only_one(world):
            facts, last_line = run_once(world, memory, last_line)
        if facts.workers is None:
            # there may have been no credentials, and a client looks for them only once
            world = the_world()
        time.sleep(EVERY_SECONDS)


def end(world: World, memory: Memory, seconds: float) -> ExitCode:
    """End every worker; REFUSED if some are left after this time."""
    last, last_line = time.monotonic() + seconds, ""
    with only_one(world):
        while True:
            facts, last_line = run_once(world, memory, last_line, closing=True)
            if facts.workers == () and facts.wanted == 0:
                return ExitCode.DONE
            if time.monotonic() >= last:
                say({"problem": f"after {seconds:.0f} s there are still {len(facts.workers or ())} workers"})
                return ExitCode.REFUSED
            time.sleep(OFTEN_SECONDS)


def run_once(world: World, memory: Memory, last_line: str, *, closing: bool = False) -> tuple[Facts, str]:
    """Look, decide, act, and write the report; returns the facts and the line for the journal, written if it is new."""
    try:
        policy = Policy.from_json(json.loads(settings().read_text()))
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        say({"problem": f"{settings().name} cannot be read: {type(error).__name__}: {error}"})
        raise SystemExit(ExitCode.REFUSED) from error
    now = moment()
    facts = collect(world, memory, policy, now, closing=closing)
    decision = decide(facts, policy)
    problems = act(decision, world)
    note_bad(decision, facts, memory, now)
    with suppress(OSError):
        write(world.report, as_report(facts, memory, policy), mode=0o644)
    words = as_line(decision, problems)
    if words != last_line:
        say(json.loads(words))
    return facts, words


def note_bad(decision: Decision, facts: Facts, memory: Memory, now: Moment) -> None:
    """Remember that an unusable worker was ended.

    If its replacement is unusable too, or if no worker is usable, no more workers are requested for a while. One bad
    machine among good ones changes nothing.
    """
    if decision.rule not in BAD or not any(it.do is Do.END for it in decision.steps):
        return
    ages = [timedelta(milliseconds=now.up_ms - it.up_ms) for it in memory.bad.values()]
    if any(BIRTH <= it < AFTER_FAILURE for it in ages) or not any(it.usable for it in facts.present):
        memory.failed = now.up_ms
    memory.bad[decision.rule] = now


def as_line(decision: Decision, problems: list[str]) -> str:
    """The decision as one line of JSON."""
    steps = [f"{it.do} {it.size if it.do is Do.SET_SIZE else it.worker or 'all'}" for it in decision.steps]
    return json.dumps({"rule": decision.rule, "reason": decision.reason, "steps": steps, "problems": problems})


@contextmanager
def only_one(world: World) -> Iterator[None]:
    """One look at a time: while the workers end, the daemon does not ask for new ones."""
    with (world.run / "workers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def the_world() -> World:
    """The world of the event in this machine's bundle."""
    event = json.loads((BUNDLE / "hub-config" / contract.EVENT_FILE).read_text())
    client = docker.APIClient(version=DOCKER_API, timeout=DOCKER_SECONDS)
    token = os.environ.get(contract.WATCH_TOKEN)
    hub = HubApi(contract.PROXY_URL, token, HUB_SECONDS) if token else None
    return World(Aws(), client, event["region"], contract.workers_name(event["name"]), hub=hub)


def settings() -> Path:
    """The settings of cost-watch, in the bundle."""
    return BUNDLE / "hub-config" / contract.WATCH_SETTINGS_FILE


def say(line: dict[str, Any]) -> None:
    """Write one line to the journal."""
    print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
