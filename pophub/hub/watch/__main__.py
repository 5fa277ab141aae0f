"""One look at this hub; pophub-watch.timer runs it once a minute: `python3 -m pophub.hub.watch`.

With the argument `stopping`, which pophub-stop.service gives, it records that the machine stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pophub.core import contract
from pophub.core.cost.records import Moment
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import POLL_SECONDS, HubApi
from pophub.hub.this_machine import moment
from pophub.hub.watch.act import Effects, act
from pophub.hub.watch.collect import Computed, collect
from pophub.hub.watch.decide import decide
from pophub.hub.watch.metered import Meter, note_stop
from pophub.hub.watch.policy import Policy, from_json
from pophub.hub.watch.processes import computed
from pophub.hub.watch.state import Paths, recall, write
from pophub.hub.watch.woken import note_wake

PATHS = Paths(run=Path(contract.RUN_FOLDER), home=Path(contract.HUB_FOLDER))
REPORT_SECONDS = 25
HEAR_SECONDS = 5
STOPPING = "stopping"
# a process of its own, because curl and name servers together must end in time too
EXCHANGE = (sys.executable, "-B", "-m", "pophub.hub.install", "exchange")


def power_off() -> None:
    """EC2 stops an instance that powers off and keeps its disks: the instance's shutdown behavior is "stop"."""
    subprocess.run(["systemctl", "poweroff", "--no-block"], check=True)


@dataclass(frozen=True, slots=True)
class Machine:
    """What a look uses of the machine: its folders, its hub, its clock, its processes and its power."""

    paths: Paths = PATHS
    bundle: Path = Path(contract.BUNDLE_FOLDER)
    hub_url: str = contract.PROXY_URL
    clock: Callable[[], Moment] = moment
    computed: Callable[[Path], Computed] = computed
    power_off: Callable[[], None] = power_off
    hub_seconds: float = POLL_SECONDS
    report_seconds: float = REPORT_SECONDS
    exchange: tuple[str, ...] = EXCHANGE

    @property
    def settings(self) -> Path:
        """The settings of cost-watch."""
        return self.bundle / "hub-config" / contract.WATCH_SETTINGS_FILE

    def report(self, content: dict[str, Any]) -> None:
        """Copy the report and the meter to the account bucket, and fetch a request to keep the hub from there."""
        with suppress(OSError):
            write(self.paths.report, content)
        self.copy()
        self.take_keep_request()

    def hear(self) -> None:
        """Fetch what the organizer left in the account bucket for this hub."""
        self._exchange(seconds=HEAR_SECONDS)
        self.take_keep_request()

    def copy(self) -> None:
        """Copy the hub's reports to the account bucket again."""
        files = {
            contract.WATCH_REPORT_FILE: self.paths.report,
            contract.WATCH_SETTINGS_FILE: self.settings,
            # last: a reader who finds the meter also finds the other files
            contract.METER_FILE: self.paths.meter,
        }
        self._exchange(*(f"{name}={file}" for name, file in files.items()), seconds=self.report_seconds)

    def _exchange(self, *named: str, seconds: float) -> None:
        """Fetch the organizer's files from the account bucket and put files there. A failure does not keep the machine on."""
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*self.exchange, str(self.paths.run), *named], timeout=seconds, check=False)

    def take_keep_request(self) -> None:
        """Take over the organizer's request to keep the hub, from the next look on. An invalid request is ignored."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            until = datetime.fromisoformat(json.loads((self.paths.run / contract.KEEP_FILE).read_text())["until"])
            if until.tzinfo:
                write(self.paths.keeps, [until.isoformat()])


def main(machine: Machine | None = None) -> ExitCode:
    """Look, decide, act. If a look is still running, this one does nothing."""
    machine = machine or Machine()
    with (machine.paths.run / "watch.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ExitCode.DONE
        return _look(machine)


def stopping(machine: Machine | None = None) -> ExitCode:
    """Record that the machine stops, and copy the meter. If cost-watch has recorded a stop too, the later record counts."""
    machine = machine or Machine()
    with (machine.paths.run / "watch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note_stop(machine.paths, machine.clock(), recall(machine.paths))
        machine.copy()
    return ExitCode.DONE


def _look(machine: Machine) -> ExitCode:
    paths = machine.paths
    try:
        settings = json.loads(machine.settings.read_text())
        policy, meter = settings_from(settings)
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        say({"action": "keep", "reason": f"{machine.settings.name} cannot be read: {type(error).__name__}: {error}"})
        return ExitCode.REFUSED
    token = os.environ.get(contract.WATCH_TOKEN)
    api = HubApi(machine.hub_url, token or "", machine.hub_seconds)
    state = recall(paths)
    if state.announced:
        # somebody may have asked to keep the hub: find out before the announced stop comes
        machine.hear()
    if settings.get("workers"):
        paths = replace(paths, workers=Path(contract.WORKERS_FOLDER))
    now, ask = machine.clock(), api.users if token else None
    facts = collect(paths, state, policy, meter=meter, ask_users=ask, moment=now, computed=machine.computed)
    if line := note_wake(paths, state, facts, policy, now):
        say(line)
    start = partial(api.start, expected=facts.expected or ())
    effects = Effects(say, start, machine.report, machine.power_off)
    act(decide(facts, policy), policy, paths=paths, state=state, effects=effects, moment=now)
    return ExitCode.DONE


def settings_from(data: dict[str, Any]) -> tuple[Policy, Meter | None]:
    """The policy and the meter in the settings; the meter is None if the settings have none."""
    meter = data.get("meter")
    return from_json(data["policy"]), Meter.from_json(meter) if meter else None


def say(report: dict[str, Any]) -> None:
    """Write one line to the journal."""
    print(json.dumps(report), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(stopping() if sys.argv[1:] == [STOPPING] else main())
