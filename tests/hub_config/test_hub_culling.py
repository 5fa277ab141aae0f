"""The real culler, in a hurry: what the event file says in hours and minutes, in seconds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from lab.fake_participant import FakeParticipant
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.wait import wait_until
from pophub.organizer.event.event import Event
from tests.conftest import unpacked

IN_A_HURRY = """
c.Spawner.environment = {{**c.Spawner.environment, "JUPYTERHUB_ACTIVITY_INTERVAL": "1"}}
culler, *others = c.JupyterHub.services
program, arguments = culler["command"][:3], [*culler["command"][3:], "--cull-every=1", *{arguments}]
arguments = {{argument.partition("=")[0]: argument for argument in arguments}}
c.JupyterHub.services = [{{**culler, "command": [*program, *arguments.values()]}}, *others]
"""
WAIT_FOR_A_FILE = """
import os, time
while not os.path.exists("idle-is-gone.txt"):
    time.sleep(0.1)
print("done")
"""
# the seconds that a server or a kernel needs at most, on a busy computer, from its start to its first work
LONGER_THAN_A_START = 12
IMPATIENT_KERNELS = (
    f"--MappingKernelManager.cull_idle_timeout={LONGER_THAN_A_START}",
    "--MappingKernelManager.cull_interval=1",
)


@pytest.mark.hub
def test_an_idle_kernel_goes_and_a_busy_one_stays(hackweek: Event, lab_github: LabGitHub, tmp_path: Path) -> None:
    server = hackweek.server.model_copy(update={"arguments": IMPATIENT_KERNELS, "choices": ()})
    bundle = unpacked(hackweek.model_copy(update={"server": server}), tmp_path)
    with LabHub(bundle, lab_github, servers="processes") as lab, ThreadPoolExecutor() as pool:
        ada = FakeParticipant(lab.url, "ada")
        ada.sign_in()
        ada.start_server()

        def kernels() -> set[str]:
            return {kernel["id"] for kernel in ada._server("GET", "kernels")}

        with ada.kernel() as run:
            busy = kernels()
            told = pool.submit(run, WAIT_FOR_A_FILE)
            # by the end of the second one the busy one is twice as old as an idle one becomes
            for _ in range(2):
                assert ada._server("POST", "kernels", {"name": "python3"})["id"] in kernels() - busy
                wait_until(lambda: kernels() <= busy, 40, "the idle kernel is gone")
            assert kernels() == busy
            assert not told.done()
            ada.write_file("idle-is-gone.txt", "")
            assert told.result() == "done"
        ada.sign_out()


def hurried(bundle: Path, arguments: list[str]) -> Path:
    """The bundle, with these arguments of the culler."""
    own_settings = bundle / "hub-config" / "config.d"
    own_settings.mkdir(exist_ok=True)
    (own_settings / "10-hurry.py").write_text(IN_A_HURRY.format(arguments=arguments))
    return bundle


def is_gone(ada: FakeParticipant) -> bool:
    """Asked as a JupyterLab that somebody could see asks, every ten seconds."""
    with suppress(requests.RequestException):
        ada.browser.get(f"{ada.server_url}/api/contents?content=1", timeout=2)
    return not ada.server_is_running()


@pytest.mark.hub
def test_a_server_is_culled_whose_tab_is_forgotten_or_whose_terminal_only_prints(
    hackweek_bundle: Path, lab_github: LabGitHub
) -> None:
    with LabHub(hurried(hackweek_bundle, [f"--timeout={LONGER_THAN_A_START}"]), lab_github, servers="processes") as lab:
        ada, grace = (FakeParticipant(lab.url, name) for name in ("ada", "grace"))
        for person in (ada, grace):
            person.sign_in()
            person.start_server()
        with grace.terminal("while sleep 0.2; do echo $((6 * 7)); done") as printed:
            assert wait_until(lambda: "42" in printed(), 20, "the loop prints")

            assert wait_until(lambda: is_gone(ada), 90, "the culler stops ada's server")
            assert wait_until(lambda: not grace.server_is_running(), 60, "the culler stops grace's server")


@pytest.mark.hub
def test_a_server_is_culled_that_is_too_old(hackweek_bundle: Path, lab_github: LabGitHub) -> None:
    with LabHub(hurried(hackweek_bundle, ["--timeout=600", "--max-age=8"]), lab_github, servers="processes") as lab:
        ada = FakeParticipant(lab.url, "ada")
        ada.sign_in()
        ada.start_server()

        assert wait_until(lambda: is_gone(ada), 90, "the culler stops the server")
