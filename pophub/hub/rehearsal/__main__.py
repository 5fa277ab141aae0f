"""`python -m pophub.hub.rehearsal run …` on the hub's machine plays a rehearsal; `sweep` removes what is left of one.

The last line of `run` is its summary, or the problem, as JSON. The whole result goes to the account bucket.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from pophub.core.contract import PROXY_URL, REHEARSAL_PROGRESS_FILE, REHEARSAL_TOKEN, REHEARSALS, REPORTS
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.install.bucket import EventBucket
from pophub.hub.rehearsal.objections import Wanted
from pophub.hub.rehearsal.rehearse import Stage, rehearse
from pophub.hub.rehearsal.result import as_json, summary
from pophub.hub.rehearsal.situation import World, content_folder, event_of, situation
from pophub.hub.rehearsal.sweep import sweep_if_left
from pophub.hub.rehearsal.visits import Course, Crowd

# enough for a machine that was just started and installs the hub first
HUB_SECONDS, POLL_SECONDS = 900, 3.0


@dataclass(frozen=True, slots=True)
class Machine:
    """The hub at its own address, and the account bucket; `here` connects to this machine with TLS for that address."""

    world: World = field(default_factory=World)
    api_url: str = PROXY_URL
    # None means the event's own
    hub_url: str | None = None
    here: bool = True
    hub_seconds: float = HUB_SECONDS

    def put(self, name: str, content: dict[str, Any]) -> str:
        """Store one of the event's reports; returns what went wrong, or an empty text."""
        with TemporaryDirectory(dir=self.world.paths.run) as work:
            file = Path(work) / "report.json"
            file.write_text(json.dumps(content))
            try:
                EventBucket.of(self.world.bundle).put(REPORTS, name, file)
            except (OSError, subprocess.CalledProcessError) as error:
                return f"{type(error).__name__}: {error}"
        return ""


def main(arguments: Sequence[str], machine: Machine | None = None) -> ExitCode:
    """Play or sweep. The last line is JSON: that of `run` on stdout, that of `sweep` on stderr."""
    machine, given = machine or Machine(), _parser().parse_args(arguments)
    token = os.environ.get(REHEARSAL_TOKEN, "")
    api = HubApi(machine.api_url, token)
    # the same unit runs a sweep after a run, and the unit's output must end with the run's figures
    where = sys.stdout if given.verb == "run" else sys.stderr
    try:
        if given.verb == "run":
            _say(_run(machine, api, token, given), where)
        else:
            _say({"removed": sweep_if_left(api, machine.world.paths)}, where)
    except PophubError as error:
        _say({"problem": error.problem, "hint": error.hint}, where)
        return error.code
    return ExitCode.DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pophub.hub.rehearsal", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run")
    run.add_argument("--people", type=int, required=True)
    run.add_argument("--minutes", type=int, default=30, help="the longest that it may take")
    run.add_argument("--idle", type=float, default=60, help="the seconds in which everybody only reads")
    run.add_argument("--notebook", default="", help="a notebook in each home")
    run.add_argument("--cells", type=int, default=1, help="how many of its code cells are run")
    run.add_argument("--near-session", action="store_true")
    verbs.add_parser("sweep", help="if one was cut off; nothing while one is under way")
    return parser


def _run(machine: Machine, api: HubApi, token: str, given: argparse.Namespace) -> dict[str, Any]:
    world = machine.world
    wanted, event = Wanted(given.people, given.minutes, near_session=given.near_session), world.event()
    course = Course(given.people, given.idle, given.notebook, given.cells, content_folder(event))
    crowd = Crowd(machine.hub_url or event["url"], token, course, world.paths.homes, here=machine.here)
    _await_hub(api, machine.hub_seconds)
    stage = Stage(api, world.paths, lambda: situation(world, api), _teller(machine))
    result = rehearse(stage, crowd, event_of(world), wanted)
    name = f"{REHEARSALS}/{result.at.replace(':', '')}.json"
    trouble = machine.put(name, as_json(result))
    return {**summary(result), "stored": None if trouble else name, "not_stored": trouble}


def _await_hub(api: HubApi, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        with suppress(HubSilent):
            try:
                api.users()
            except HubRefused as error:
                raise PophubError(
                    f"the hub does not accept the rehearsal's token: {error}",
                    hint="a hub that was deployed with an older version has none: deploy again",
                    code=ExitCode.REFUSED,
                ) from error
            return
        if time.monotonic() >= end:
            raise PophubError("the hub does not answer", hint="journalctl -u pophub-hub", code=ExitCode.REFUSED)
        time.sleep(POLL_SECONDS)


def _teller(machine: Machine) -> Callable[[str], None]:
    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        machine.put(
            REHEARSAL_PROGRESS_FILE, {"at": machine.world.clock().at.isoformat(timespec="seconds"), "what": line}
        )

    return tell


def _say(line: dict[str, Any], where: TextIO) -> None:
    where.write(json.dumps(line) + "\n")
    where.flush()


def command(arguments: Sequence[str], machine: Machine | None = None) -> ExitCode:
    """`main` as a program: after SIGTERM it first removes what it has made."""
    signal.signal(signal.SIGTERM, _end)
    return main(arguments, machine)


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:]))
