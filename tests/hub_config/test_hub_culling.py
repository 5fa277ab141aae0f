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


IMPATIENT_KERNELS = ("--MappingKernelManager.cull_idle_timeout=3", "--MappingKernelManager.cull_interval=1")


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
            told = pool.submit(run, "import time; time.sleep(20); print('done')")
            idle = ada._server("POST", "kernels", {"name": "python3"})["id"]
            assert kernels() == {*busy, idle}
            wait_until(lambda: idle not in kernels(), 20, "the idle kernel is gone")
            assert kernels() == busy
            assert not told.done()
            assert told.result() == "done"
        ada.sign_out()


@pytest.mark.hub
@pytest.mark.parametrize(
    "arguments", [["--timeout=4"], ["--timeout=600", "--max-age=4"]], ids=["only a forgotten tab asks", "is too old"]
)
def test_a_server_is_culled_that(arguments: list[str], hackweek_bundle: Path, lab_github: LabGitHub) -> None:
    own_settings = hackweek_bundle / "hub-config" / "config.d"
    own_settings.mkdir()
    (own_settings / "10-hurry.py").write_text(IN_A_HURRY.format(arguments=arguments))
    with LabHub(hackweek_bundle, lab_github, servers="processes") as lab:
        ada = FakeParticipant(lab.url, "ada")
        ada.sign_in()
        ada.start_server()

        def is_gone() -> bool:
            # as a JupyterLab that somebody could see asks, every ten seconds
            with suppress(requests.RequestException):
                ada.browser.get(f"{lab.url}/user/ada/api/contents?content=1", timeout=2)
            return not ada.server_is_running()

        assert wait_until(is_gone, 90, "the culler stops the server")


@pytest.mark.hub
def test_a_server_is_culled_whose_terminal_only_prints(hackweek_bundle: Path, lab_github: LabGitHub) -> None:
    own_settings = hackweek_bundle / "hub-config" / "config.d"
    own_settings.mkdir()
    (own_settings / "10-hurry.py").write_text(IN_A_HURRY.format(arguments=["--timeout=4"]))
    with LabHub(hackweek_bundle, lab_github, servers="processes") as lab:
        ada = FakeParticipant(lab.url, "ada")
        ada.sign_in()
        ada.start_server()
        with ada.terminal("while sleep 0.2; do echo $((6 * 7)); done") as printed:
            assert wait_until(lambda: "42" in printed(), 20, "the loop prints")

            assert wait_until(lambda: not ada.server_is_running(), 60, "the culler stops the server")
