"""The watch on a whole machine: it spares who computes, and by its own timer an idle hub is off in time.

Somebody works and leaves, and the test reads from the machine's own records when that was and when the machine went off.
The watch's clock skips all in which it has nothing to do, also between two looks of its timer: no record is changed, and each
look that decides something is the timer's.
"""

from __future__ import annotations

import json
import logging
import shlex
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.wait import wait_until
from pophub.core.contract import (
    BUNDLE_FOLDER,
    HUB_FOLDER,
    KEEP_FILE,
    METER_FILE,
    REPORTS,
    RUN_FOLDER,
    SETTINGS_FOLDER,
    WATCH_REPORT_FILE,
    WATCH_SETTINGS_FILE,
    WATCH_STATE_FILE,
    WATCH_TOKEN_FILE,
)
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.state import Paths
from tests.cloud_init.conftest import let_look
from tests.cloud_init.last_machine.watch_clock import skip

log = logging.getLogger(__name__)
pytestmark = pytest.mark.machine
POLICY = f"{BUNDLE_FOLDER}/hub-config/{WATCH_SETTINGS_FILE}"
IDLE = FIRST_WARNING
# of the watch: an idle hub is off so long after its idle time at most
BOUND = timedelta(minutes=2)
TIMER = "pophub-watch.timer"
# between two looks of the timer
INTERVAL = timedelta(minutes=1)
# until a look that is not waited for, by this computer's clock
SOON = timedelta(seconds=2)
# a look that was late comes sooner before the next one
MARGIN = timedelta(seconds=5)
JUST_NOW_SECONDS = 5
# looks that follow each other more closely cannot tell whether somebody computes
LOOKS_APART = timedelta(seconds=6)
# some hundredths of a processor: what computes without a pause takes one from all other tests, for minutes
COMPUTE = """
import threading, time
def compute():
    while True:
        sum(range(100_000))
        time.sleep(0.05)
threading.Thread(target=compute, daemon=True).start()
"""
ASK_THE_HUB = (
    "import os; from pophub.core.contract import PROXY_URL, WATCH_TOKEN; from pophub.hub.hub_api import HubApi; "
    "print(max(user['last_activity'] or '' for user in HubApi(PROXY_URL, os.environ[WATCH_TOKEN]).users()))"
)
ASK_THE_KERNEL = (
    "import resource, sys; sys.argv = ['']; import pophub.hub.watch.__main__ as look; look.main(); "
    "it = resource.getrusage(resource.RUSAGE_SELF); print(it.ru_utime + it.ru_stime, it.ru_maxrss / 1024)"
)


def test_who_computes_keeps_the_hub_and_when_they_have_left_it_is_off_within_its_idle_time_and_two_minutes(
    machine: ContainerMachine, lab: MachineLab
) -> None:
    # the hub was started again a moment ago
    machine.await_open()
    ask_no_more(machine, lab)
    machine.run("apt-get", "-qq", "install", "--no-install-recommends", "libfaketime")
    assert machine.run("stat", "-c", "%a %U", f"{SETTINGS_FOLDER}/{WATCH_TOKEN_FILE}").split() == ["600", "root"]
    assert machine.run("systemctl", "is-enabled", TIMER).strip() == "enabled"
    with on_the_internet(machine):
        somebody_computes_and_leaves(machine)
    ahead = skip_to_the_next_look(machine, timedelta())
    wait_until(lambda: has_looked(machine) and warnings(machine), 2 * 60, "people are warned", every_seconds=1)
    ahead = skip_to_the_next_look(machine, ahead + FIRST_WARNING - LAST_WARNING - INTERVAL + MARGIN)
    given = wait_until(
        lambda: until_the_last_warning(machine) if has_looked(machine) else [],
        *(2 * 60, "people are warned again"),
        every_seconds=1,
    )
    last_work = datetime.fromisoformat(in_its_place(machine, ASK_THE_HUB))
    assert "This hub stops at" in machine.get(f"{machine.url}/hub/login").text
    skip_to_the_next_look(machine, ahead + LAST_WARNING - INTERVAL + MARGIN)
    wait_until(lambda: machine_is_off(machine), 4 * 60, "the machine has powered itself off", every_seconds=1)

    state, meter = in_the_bucket(lab)
    assert (state["action"], state["rule"]) == ("stop", "nobody_works")
    assert "no work since" in state["reason"]
    assert float(state["spent_usd"]) >= 0
    assert (meter[0]["kind"], meter[-1]["kind"]) == ("hub-start", "hub-stop")

    stopped, off = (datetime.fromisoformat(it) for it in (state["at"], meter[-1]["at"]))
    log.info("last work %s, stop decided %s, off %s: %s later", last_work, stopped, off, off - last_work)
    assert IDLE <= off - last_work <= IDLE + BOUND
    first, *_, last = (datetime.fromisoformat(it["at"]) for it in given)
    assert last_work < first <= stopped - FIRST_WARNING
    assert last <= stopped - LAST_WARNING


def ask_no_more(machine: ContainerMachine, lab: MachineLab) -> None:
    """An archive has asked for hours more; what the organizer asks later counts, and here it is known at once."""
    over = json.dumps({"until": datetime.now(UTC).isoformat()})
    lab.aws.client("s3", BUCKET_REGION).put_object(
        Bucket=BUCKET, Key=f"{REPORTS}/{lab.event.name}/{KEEP_FILE}", Body=over.encode()
    )
    kept = Paths(run=Path(RUN_FOLDER), home=Path(HUB_FOLDER)).keeps
    machine.run("rm", "-f", str(kept), f"{RUN_FOLDER}/{KEEP_FILE}")


def somebody_computes_and_leaves(machine: ContainerMachine) -> None:
    """With a short idle time, while a computation goes on nobody is even warned; without it, they are at each look."""
    ada = FakeParticipant(machine.url, "ada")
    ada.sign_in()
    ada.start_server()
    look(machine)
    kept = look(machine)
    assert (kept["action"], kept["rule"], kept["servers"]) == ("keep", "started_by_hand", 1)
    assert "the hub answers" in kept["evidence"]
    with ada.kernel() as run:
        run(COMPUTE)
        wait_until(
            lambda: sees_a_computation(look(machine)),
            *(60, "the computation is seen"),
            every_seconds=LOOKS_APART.total_seconds(),
        )
        hurry(machine)
        assert keeps_a_computation(look(machine))
        seconds, megabytes = map(float, in_its_place(machine, ASK_THE_KERNEL).split())
        log.info("a look takes %.2f s of a processor and %.0f MB", seconds, megabytes)
        assert seconds < 0.6
        assert megabytes < 60
        # the timer looks too, not too soon after the last look
        before = len(all_said(machine))
        let_look(machine, TIMER, LOOKS_APART)
        wait_until(
            lambda: has_looked(machine) and len(all_said(machine)) > before, 90, "the timer looks", every_seconds=1
        )
        assert keeps_a_computation(all_said(machine)[-1])
    assert not warnings(machine)


def sees_a_computation(said: dict[str, Any]) -> bool:
    return any("(0 pending, 1 with a busy kernel)" in it for it in said["evidence"])


def keeps_a_computation(said: dict[str, Any]) -> bool:
    assert (said["action"], said["rule"], said["stop_at"]) == ("keep", "computation_is_protected", None), said
    return sees_a_computation(said)


def until_the_last_warning(machine: ContainerMachine) -> list[dict[str, Any]]:
    """Its warnings, once the last of them is the one that comes shortly before the stop."""
    given = warnings(machine)
    return given if given and span(given[-1]["at"], given[-1]["stop_at"]) <= LAST_WARNING else []


def warnings(machine: ContainerMachine) -> list[dict[str, Any]]:
    """What the watch has said to warn people."""
    return [it for it in all_said(machine) if it["action"] == "warn"]


def span(since: str, until: str) -> timedelta:
    return datetime.fromisoformat(until) - datetime.fromisoformat(since)


def in_the_bucket(lab: MachineLab) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The last state of the machine, and its meter's lines."""
    bucket = lab.aws.client("s3", BUCKET_REGION)
    found = [
        bucket.get_object(Bucket=BUCKET, Key=f"{REPORTS}/{lab.event.name}/{name}")["Body"].read()
        for name in (WATCH_REPORT_FILE, METER_FILE)
    ]
    return json.loads(found[0]), [json.loads(line) for line in found[1].splitlines()]


def has_looked(machine: ContainerMachine) -> bool:
    """Whether the watch has looked in these seconds: only then its journal, which takes a program to read, has more."""
    return since_the_last_look(machine) < timedelta(seconds=JUST_NOW_SECONDS)


def since_the_last_look(machine: ContainerMachine) -> timedelta:
    state = machine.root / RUN_FOLDER.lstrip("/") / WATCH_STATE_FILE
    return timedelta(seconds=time.time() - state.stat().st_mtime) if state.exists() else timedelta.max


def look(machine: ContainerMachine) -> dict[str, Any]:
    """What the watch says of one look more."""
    machine.run("systemctl", "start", "pophub-watch")
    return all_said(machine)[-1]


def all_said(machine: ContainerMachine) -> list[dict[str, Any]]:
    """What the watch has said of each of its looks."""
    return [json.loads(line) for line in machine.journal("pophub-watch").splitlines() if line.startswith("{")]


def hurry(machine: ContainerMachine) -> None:
    """The schedule has started the machine, and its idle time is short."""
    settings = json.loads(machine.run("cat", POLICY))
    started = datetime.now(UTC) - timedelta(minutes=20)
    settings["policy"] |= {"hub_idle": IDLE.total_seconds(), "starts": [started.isoformat()]}
    machine.run("sh", "-c", f"cat >{POLICY} <<'END'\n{json.dumps(settings)}\nEND")


def skip_to_the_next_look(machine: ContainerMachine, ahead: timedelta) -> timedelta:
    """The timer looks soon, and to the watch it is so much ahead, and when its next look is due. Returns how far that is."""
    ahead += max(INTERVAL - since_the_last_look(machine) - SOON, timedelta())
    skip(machine, ahead)
    let_look(machine, TIMER, SOON)
    return ahead


def in_its_place(machine: ContainerMachine, code: str) -> str:
    """What Python says on the machine, where and with what the watch runs."""
    command = (
        f"cd {BUNDLE_FOLDER} && set -a && . {SETTINGS_FOLDER}/{WATCH_TOKEN_FILE} && python3 -B -c {shlex.quote(code)}"
    )
    return machine.run("sh", "-c", command).splitlines()[-1]


def machine_is_off(machine: ContainerMachine) -> bool:
    assert machine._power is not None
    return machine._power.ended
