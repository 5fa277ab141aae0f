"""People at the hub of a machine that has made itself one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest

from pophub.lab.machine.machine import LabMachine
from pophub.lab.visitor import Refused, Visitor
from pophub.lab.wait import wait_until

log = logging.getLogger(__name__)
pytestmark = pytest.mark.machine
Visit = Callable[[str], Visitor]


def test_somebody_works_in_a_container_and_leaves_only_files(machine: LabMachine, visit: Visit) -> None:
    ada = visit("ada")
    ada.sign_in()
    start = time.monotonic()
    ada.start_server()
    log.info("a server could be used after %.1f s", time.monotonic() - start)
    assert ada.execute("print(6 * 7)") == "42"
    assert "jupyter-ada" in machine.run("docker", "ps", "--format", "{{.Names}}")
    ada.write_file("notes.txt", "kept")
    ada.sign_out()
    wait_until(lambda: "jupyter-ada" not in machine.run("docker", "ps", "--all"), 30, "the container is gone")
    assert machine.run("cat", "/srv/home/ada/notes.txt") == "kept"
    again = visit("ada")
    again.sign_in()
    again.start_server()
    assert again.read_file("notes.txt") == "kept"


def test_a_stranger_is_refused(visit: Visit) -> None:
    mallory = visit("mallory")
    with pytest.raises(Refused, match="403"):
        mallory.sign_in()


def test_a_server_outlives_a_restart_of_the_hub_and_of_the_proxy(machine: LabMachine, visit: Visit) -> None:
    grace = visit("ada")
    grace.sign_in()
    grace.start_server()
    machine.run("systemctl", "restart", "pophub-hub")
    assert grace.server_is_running()
    machine.run("systemctl", "restart", "pophub-proxy")
    wait_until(grace.server_is_running, 60, "the server has its route again")
