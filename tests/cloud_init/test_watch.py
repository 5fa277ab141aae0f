"""The watch on a whole machine: it spares who computes, and an idle hub powers itself off with its state on the shelf.

What takes an hour takes seconds here: the machine's own policy says that all work is long ago, and what was announced
is put as far into the past as the clock would have gone. In the end the timer itself looks, as everywhere.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pophub.errors import PophubError
from pophub.lab.machine.container import ContainerMachine
from pophub.lab.machine.machine_lab import SHELF, SHELF_REGION, MachineLab
from pophub.lab.visitor import Visitor
from pophub.lab.wait import wait_until
from tests.cloud_init.conftest import on_the_internet

log = logging.getLogger(__name__)
pytestmark = pytest.mark.machine
POLICY = "/opt/pophub/bundle/hub-config/watch.json"
MEMORY = "/run/pophub/watch.json"


def test_an_idle_hub_powers_itself_off_and_leaves_its_state_on_the_shelf(lab: MachineLab) -> None:
    with lab.machine() as machine:
        machine.await_open()
        assert machine.run("stat", "-c", "%a %U", "/etc/pophub/watch.env").split() == ["600", "root"]
        assert machine.run("systemctl", "is-enabled", "pophub-watch.timer").strip() == "enabled"
        machine.run("systemctl", "stop", "pophub-watch.timer")
        ada = Visitor(machine.url, "ada")
        with on_the_internet(machine):
            ada.sign_in()
            ada.start_server()
        look(machine)
        kept = look(machine)
        assert (kept["action"], kept["rule"], kept["servers"]) == ("keep", "started_by_hand", 1)
        assert "the hub answers" in kept["evidence"]
        hurry(machine)
        # looks that follow each other too closely cannot tell whether somebody computes
        wait_until(lambda: is_warned(look(machine)), 60, "people are warned", every_seconds=6)
        with on_the_internet(machine):
            assert "This hub stops at" in ada.get("/hub/home").text
        seconds, megabytes = seconds_and_megabytes(machine)
        log.info("a look takes %.2f s of a processor and %.0f MB", seconds, megabytes)
        assert seconds < 0.6
        assert megabytes < 60

        go_back_in_time(machine, minutes=8)
        wait_until(lambda: is_warned(look(machine)), 60, "people are warned again", every_seconds=6)
        go_back_in_time(machine, minutes=2)
        machine.run("systemctl", "start", "pophub-watch.timer")
        try:
            wait_until(lambda: machine_is_off(machine), 150, "the machine has powered itself off")
        except PophubError:
            log.error("the watch said: %s", machine.journal("pophub-watch"))
            raise

    shelf = lab.aws.client("s3", SHELF_REGION)
    key = f"reports/{lab.event.name}"
    state = json.loads(shelf.get_object(Bucket=SHELF, Key=f"{key}/watch.json")["Body"].read())
    assert (state["action"], state["rule"]) == ("stop", "nobody_works")
    assert "no work since" in state["reason"]
    assert float(state["spent_usd"]) >= 0
    meter = shelf.get_object(Bucket=SHELF, Key=f"{key}/meter.jsonl")["Body"].read().splitlines()
    assert json.loads(meter[0])["kind"] == "hub-start"
    assert json.loads(meter[-1])["kind"] == "hub-stop"


def look(machine: ContainerMachine) -> dict[str, Any]:
    """What the watch says of one look more."""
    machine.run("systemctl", "start", "pophub-watch")
    said = [line for line in machine.journal("pophub-watch").splitlines() if line.startswith("{")]
    return dict(json.loads(said[-1]))


def is_warned(said: dict[str, Any]) -> bool:
    assert said["rule"] in ("computation_is_protected", "nobody_works"), said
    return bool(said["action"] == "warn")


def hurry(machine: ContainerMachine) -> None:
    """The schedule has started the machine, and all work was so long ago that it is as if an hour had passed."""
    settings = json.loads(machine.run("cat", POLICY))
    settings["policy"] |= {"hub_idle": -1800, "starts": [(datetime.now(UTC) - timedelta(minutes=20)).isoformat()]}
    put(machine, POLICY, settings)


def go_back_in_time(machine: ContainerMachine, *, minutes: int) -> None:
    """All that was announced was so much earlier."""
    memory = json.loads(machine.run("cat", MEMORY))
    memory["announced"] = [
        [(datetime.fromisoformat(moment) - timedelta(minutes=minutes)).isoformat() for moment in warning]
        for warning in memory["announced"]
    ]
    put(machine, MEMORY, memory)


def put(machine: ContainerMachine, file: str, content: object) -> None:
    machine.run("sh", "-c", f"cat >{file} <<'END'\n{json.dumps(content)}\nEND")


def seconds_and_megabytes(machine: ContainerMachine) -> tuple[float, float]:
    """What one look takes of a processor, and of memory."""
    code = (
        "import resource, sys; sys.argv = ['']; import pophub.watch.__main__ as look; look.main(); "
        "it = resource.getrusage(resource.RUSAGE_SELF); print(it.ru_utime + it.ru_stime, it.ru_maxrss / 1024)"
    )
    command = f"cd /opt/pophub/bundle && set -a && . /etc/pophub/watch.env && python3 -B -c {code!r}"
    seconds, megabytes = machine.run("sh", "-c", command).splitlines()[-1].split()
    return float(seconds), float(megabytes)


def machine_is_off(machine: ContainerMachine) -> bool:
    assert machine._power is not None
    return machine._power.ended
