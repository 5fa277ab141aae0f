"""A rehearsal on a machine: through Caddy with TLS, in containers, in a unit that removes everything however it ends."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.internet import on_the_internet
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import BUCKET, BUCKET_REGION, MachineLab
from lab.wait import wait_until
from pophub.aws.bucket import BucketPrefix
from pophub.core.contract import (
    BUNDLE_FOLDER,
    HOMES_FOLDER,
    HUB_FOLDER,
    REHEARSAL_FILE,
    REHEARSAL_TOKEN_FILE,
    REPORTS,
    SETTINGS_FOLDER,
)

pytestmark = pytest.mark.machine
PROGRAM = f"{BUNDLE_FOLDER}/cloud-init/archive.sh"


@pytest.fixture(scope="module", autouse=True)
def nobody_works(machine: LabMachine, adas_browser: FakeParticipant) -> None:
    """A rehearsal is refused beside real people, and in the files before this one ada's server has run."""
    with on_the_internet(machine):
        adas_browser.sign_out()
        wait_until(lambda: not adas_browser.server_is_running(), 60, "ada's server is gone")


def left(machine: LabMachine) -> list[str]:
    """What is there of pretended people: homes, containers and the marker."""
    homes = machine.run("sh", "-c", f"ls {HOMES_FOLDER}; ls {HUB_FOLDER}").split()
    containers = machine.run("docker", "ps", "--all", "--format", "{{.Names}}").split()
    return [it for it in (*homes, *containers) if "rehearsal" in it and it != "events.jsonl"]


def play(machine: LabMachine, *arguments: str) -> dict[str, Any]:
    # cost-watch has looked, so that what was spent is known
    wait_until(lambda: "meter.jsonl" in machine.run("ls", HUB_FOLDER), 120, "the meter has begun")
    # Systems Manager keeps a command's output apart from its errors
    command = ("sh", "-c", 'exec "$0" "$@" 2>/dev/null', PROGRAM, "rehearse")
    return dict(json.loads(machine.run(*command, *arguments, seconds=600, check=False).splitlines()[-1]))


def test_people_come_through_the_front_and_leave_nothing(machine: LabMachine, lab: MachineLab) -> None:
    found = play(machine, "--people", "2", "--idle", "1", "--notebook", "tutorials/day-1/first.ipynb")

    assert (found["failures"], found["cut_short"]) == ({}, "")
    assert (found["signed_in"], found["started"], found["cells"], found["without_content"]) == (2, 2, 2, 0)
    # each waited for it at the start
    assert found["content_in_time"] == 2
    assert found["server_memory"] > 30 * 2**20
    assert found["instance_type"]
    reports = BucketPrefix(lab.aws.as_scripts_see_it(), BUCKET, BUCKET_REGION, f"{REPORTS}/{lab.event.name}")
    assert len(reports.get_json(found["stored"])["visits"]) == 2
    assert left(machine) == []
    assert machine.run("stat", "-c", "%a %U", f"{SETTINGS_FOLDER}/{REHEARSAL_TOKEN_FILE}").split() == ["600", "root"]


def test_one_that_is_killed_is_swept_by_its_unit(machine: LabMachine) -> None:
    command = shlex.join([PROGRAM, "rehearse", "--people", "1", "--idle", "300"])
    machine.run("systemd-run", "--quiet", "--unit=asked", "sh", "-c", command)
    wait_until(lambda: any(it.startswith("jupyter-") for it in left(machine)), 120, "a server runs")
    assert REHEARSAL_FILE in left(machine)
    machine.run("systemctl", "kill", "--signal=KILL", "pophub-rehearsal.service")

    wait_until(lambda: left(machine) == [], 120, "everything of it is removed")
