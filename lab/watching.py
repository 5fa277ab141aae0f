"""Cost-watch in a process of its own, on a given clock: `python -m lab.watching FOLDER HUB`.

Each line of its input is a time at which it collects, decides and acts; each line of its output has its report, and
whether it powered the machine off. FOLDER contains cost-watch's settings of the bundle and the folders `run`, `home`
and `proc`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from pophub.core.contract import WATCH_SETTINGS_FILE
from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubApi
from pophub.hub.watch.__main__ import settings_from
from pophub.hub.watch.act import Effects, act
from pophub.hub.watch.collect import collect
from pophub.hub.watch.decide import decide
from pophub.hub.watch.state import Paths, recall, write


class Watching:
    """The child process, seen from its parent."""

    def __init__(self, folder: Path, hub: str) -> None:
        command = [sys.executable, "-m", "lab.watching", str(folder), hub]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run_once(self, moment: Moment) -> dict[str, Any]:
        """Its answer at this time: `decision` is its report, `off` whether it powered off."""
        assert self._child.stdin
        assert self._child.stdout
        given = {"at": moment.at.isoformat(), "boot": moment.boot, "up_ms": moment.up_ms}
        self._child.stdin.write(json.dumps(given) + "\n")
        self._child.stdin.flush()
        return dict(json.loads(self._child.stdout.readline()))

    def kill(self) -> None:
        """Kill it in the middle of its work."""
        self._child.kill()
        self._child.communicate()


def main(folder: Path, hub: str) -> None:
    """Run cost-watch for each time on the input, until the input ends."""
    policy, meter = settings_from(json.loads((folder / WATCH_SETTINGS_FILE).read_text()))
    paths, api = Paths(folder / "run", folder / "home", folder / "proc"), HubApi(hub, "lab")
    for line in sys.stdin:
        given, decisions, off = json.loads(line), list[dict[str, Any]](), Event()
        moment = Moment(datetime.fromisoformat(given["at"]), given["boot"], given["up_ms"])
        effects = Effects(
            say=decisions.append,
            start=api.start,
            report=lambda content: write(paths.report, content),
            power_off=off.set,
        )
        state = recall(paths)
        facts = collect(paths, state, policy, meter=meter, ask_users=api.users, moment=moment)
        act(decide(facts, policy), policy, paths=paths, state=state, effects=effects, moment=moment)
        print(json.dumps({"decision": decisions[0], "off": off.is_set()}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
