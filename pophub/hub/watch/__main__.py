"""One look at this hub; pophub-watch.timer runs it once a minute: `python3 -m pophub.hub.watch`.

With the argument `stopping`, which pophub-stop.service gives, it records that the machine stops.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pophub.core import contract
from pophub.core.errors import ExitCode
from pophub.hub.hub_api import HubApi
from pophub.hub.this_machine import moment
from pophub.hub.watch.act import Effects, act
from pophub.hub.watch.collect import collect
from pophub.hub.watch.decide import decide
from pophub.hub.watch.metered import Meter, note_stop
from pophub.hub.watch.policy import Policy, from_json
from pophub.hub.watch.state import Paths, recall, write

BUNDLE = Path(contract.BUNDLE_FOLDER)
HUB = contract.PROXY_URL
PATHS = Paths(run=Path(contract.RUN_FOLDER), home=Path(contract.HUB_FOLDER))
REPORT_SECONDS = 25
HEAR_SECONDS = 5
STOPPING = "stopping"


def main() -> ExitCode:
    """Look, decide, act. If a look is still running, this one does nothing."""
    with (PATHS.run / "watch.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ExitCode.DONE
        return _look()


def stopping() -> ExitCode:
    """Record that the machine stops, and copy the meter. If cost-watch has recorded a stop too, the later record counts."""
    with (PATHS.run / "watch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note_stop(PATHS, moment())
        copy()
    return ExitCode.DONE


def _look() -> ExitCode:
    try:
        told = json.loads(settings().read_text())
        policy, meter = settings_from(told)
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        say({"action": "keep", "reason": f"{settings().name} cannot be read: {type(error).__name__}: {error}"})
        return ExitCode.REFUSED
    token = os.environ.get(contract.WATCH_TOKEN)
    api = HubApi(HUB, token or "")
    state = recall(PATHS)
    if state.announced:
        # somebody may have asked to keep the hub: find out before the announced stop comes
        hear()
    now = moment()
    paths = replace(PATHS, workers=Path(contract.WORKERS_FOLDER)) if told.get("workers") else PATHS
    facts = collect(paths, state, policy, meter=meter, ask_users=api.users if token else None, moment=now)
    effects = Effects(say, api.start, report, power_off)
    act(decide(facts, policy), policy, paths=PATHS, state=state, effects=effects, moment=now)
    return ExitCode.DONE


def settings() -> Path:
    """The settings of cost-watch, in the bundle."""
    return BUNDLE / "hub-config" / contract.WATCH_SETTINGS_FILE


def settings_from(data: dict[str, Any]) -> tuple[Policy, Meter | None]:
    """The policy and the meter in the settings; the meter is None if the settings have none."""
    meter = data.get("meter")
    return from_json(data["policy"]), Meter.from_json(meter) if meter else None


def say(report: dict[str, Any]) -> None:
    """Write one line to the journal."""
    print(json.dumps(report), flush=True)  # noqa: T201


def report(content: dict[str, Any]) -> None:
    """Copy the report and the meter to the account bucket, and fetch a request to keep the hub from there."""
    with suppress(OSError):
        write(PATHS.report, content)
    copy()
    take_keep_request()


def hear() -> None:
    """Fetch what the organizer left in the account bucket for this hub."""
    exchange(seconds=HEAR_SECONDS)
    take_keep_request()


def copy() -> None:
    """Copy the hub's reports to the account bucket again."""
    files = {
        contract.WATCH_REPORT_FILE: PATHS.report,
        contract.WATCH_SETTINGS_FILE: settings(),
        # last: a reader who finds the meter also finds the other files
        contract.METER_FILE: PATHS.meter,
    }
    exchange(*(f"{name}={file}" for name, file in files.items()))


def exchange(*named: str, seconds: float | None = None) -> None:
    """Fetch the organizer's files from the account bucket and put files there. A failure does not keep the machine on."""
    script = BUNDLE / "cloud-init" / "put-report.sh"
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run([str(script), str(PATHS.run), *named], timeout=seconds or REPORT_SECONDS, check=False)


def take_keep_request() -> None:
    """Take over the organizer's request to keep the hub, from the next look on. An invalid request is ignored."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        until = datetime.fromisoformat(json.loads((PATHS.run / contract.KEEP_FILE).read_text())["until"])
        if until.tzinfo:
            write(PATHS.keeps, [until.isoformat()])


def power_off() -> None:
    """EC2 stops an instance that powers off and keeps its disks: the instance's shutdown behavior is "stop"."""
    subprocess.run(["systemctl", "poweroff", "--no-block"], check=True)


if __name__ == "__main__":
    sys.exit(stopping() if sys.argv[1:] == [STOPPING] else main())
