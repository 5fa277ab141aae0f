"""People at the hub of a machine that has made itself one."""

from __future__ import annotations

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.machine.machine import LabMachine
from lab.wait import wait_until
from pophub.core.contract import HOMES_FOLDER, HUB_FOLDER
from tests.cloud_init.one_machine.conftest import Visit

# from inside of a container: the kernel ends the server itself, and not the program that takes the memory
TAKE_ALL = """
import os
(server,) = (it for it in os.listdir("/proc") if it.isdigit() and open(f"/proc/{it}/stat").read().split()[3] == "1")
open(f"/proc/{server}/oom_score_adj", "w").write("1000")
taken = []
while True:
    taken.append(bytearray(64 << 20))
"""

pytestmark = pytest.mark.machine


def test_somebody_works_in_a_container_and_leaves_only_files(machine: LabMachine, ada: FakeParticipant) -> None:
    assert ada.execute("print(6 * 7)") == "42"
    assert "jupyter-ada" in machine.run("docker", "ps", "--format", "{{.Names}}")
    ada.write_file("notes.txt", "kept")
    ada.sign_out()
    wait_until(lambda: "jupyter-ada" not in machine.run("docker", "ps", "--all"), 30, "the container is gone")
    assert machine.run("cat", f"{HOMES_FOLDER}/ada/notes.txt") == "kept"
    ada.sign_in()
    ada.start_server()
    assert ada.read_file("notes.txt") == "kept"


def test_a_stranger_is_refused(visit: Visit) -> None:
    mallory = visit("mallory")
    with pytest.raises(Refused, match="403"):
        mallory.sign_in()


def test_a_server_that_was_ended_for_its_memory_is_told_so_on_the_hubs_pages(
    machine: LabMachine, ada: FakeParticipant
) -> None:
    said = "Your server was ended because its memory was full"
    assert said not in ada.get("/hub/home").text
    machine.run("docker", "exec", "--detach", "jupyter-ada", "python3", "-c", TAKE_ALL)
    # the hub looks after its servers every half minute
    wait_until(lambda: said in ada.get("/hub/home").text, 90, "the hub's page says it")
    machine.run("systemctl", "restart", "pophub-hub")
    wait_until(lambda: ada.get("/hub/home").ok, 60, "the hub is back")
    assert said in ada.get("/hub/home").text
    assert '"reason": "exit code 137, out of memory' in machine.run("cat", f"{HUB_FOLDER}/events.jsonl")
    ada.start_server()
    assert said not in ada.get("/hub/home").text
