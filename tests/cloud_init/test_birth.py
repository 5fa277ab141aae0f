"""From the user data to a hub: what people see meanwhile, and what helps when it fails."""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from typing import Any

import pytest
import requests

from lab.machine.container import ContainerMachine
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import RUN_FOLDER, STATUS_FILE
from pophub.organizer.deploy.bundle import build_bundle

log = logging.getLogger(__name__)
pytestmark = pytest.mark.machine
# between two looks of somebody who waits, if nothing changes: each takes some hundredths of a processor
WAITING_SECONDS = 3


def status(machine: LabMachine, address: str | None = None) -> dict[str, Any] | None:
    """/pophub/status.json; over plain http, where that is what people have yet."""
    try:
        place = address or f"http://{machine.event.domain}"
        answer = machine.get(f"{place}/pophub/{STATUS_FILE}", allow_redirects=False)
        return dict(answer.json()) if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        return None


def written(machine: ContainerMachine) -> dict[str, Any]:
    """The same from the machine's own file; empty if there is none. A request takes a hundred times as long as this look."""
    with suppress(OSError, ValueError):
        return dict(json.loads((machine.root / f"{RUN_FOLDER}/{STATUS_FILE}".lstrip("/")).read_text()))
    return {}


def test_a_bare_machine_becomes_a_hub_and_says_how_far_it_is(lab: MachineLab) -> None:
    with lab.machine(baked=False) as machine:
        seen: list[int] = []
        asked, known_then = 0.0, dict[str, Any]()
        while not machine.is_open():
            time.sleep(0.3)
            now = written(machine)
            if now == known_then and machine.seconds - asked < WAITING_SECONDS:
                continue
            asked, known_then = machine.seconds, now
            if told := status(machine):
                assert (told["state"], told["of"], told["failed"], told["refused"]) == ("preparing", 9, "", "")
                # before there is a bundle nobody knows whose hub it will be
                known = ("Geo Week & Friends", list(lab.event.contact)) if told["step"] else ("", [])
                assert (told["title"], told["contact"]) == known
                seen.append(told["step"])
                page = machine.get(f"http://{machine.event.domain}/", allow_redirects=False)
                # 502 is the lab's own word where nobody listens: Caddy is just being restarted
                assert page.status_code in (503, 301, 502)
            assert machine.seconds < 300
        log.info("a bare machine was open after %.1f s; steps seen: %s", machine.seconds, sorted(set(seen)))
        log.info(
            "%s", "\n".join(line for line in machine.journal("pophub-install").splitlines() if " done in " in line)
        )
        assert seen == sorted(seen)
        # what runs beside a long step takes no time afterwards, so it may be missed
        assert {4, 8} <= set(seen) <= set(range(10))
        told = wait_until(lambda: is_ready(machine), 60, "it says that it is ready")
        assert (told["step"], told["bundle"]) == (told["of"], build_bundle(plan_of(lab.event)).sha256)


def is_ready(machine: LabMachine) -> dict[str, Any] | None:
    told = status(machine)
    return told if told and told["state"] == "ready" else None
