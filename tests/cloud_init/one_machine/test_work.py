"""What people find in their servers: content, welcome, shared data, packages, all that JupyterLab offers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, EVENT_FILE, SERVER_IMAGE, SHARED_FOLDER
from pophub.core.errors import PophubError
from tests.cloud_init.one_machine.conftest import Visit

pytestmark = pytest.mark.machine
IMAGE_FILE = f"{BUNDLE_FOLDER}/hub-config/image/requirements-server.txt"
SETTINGS = f"{BUNDLE_FOLDER}/hub-config/{EVENT_FILE}"


def test_a_home_has_the_welcome_and_the_content_and_jupyterlab_opens_where_the_event_says(ada: FakeParticipant) -> None:
    assert ada.read_file("Welcome.md").startswith("# Welcome")
    wait_until(lambda: has(ada, "tutorials", "day-1", "rivers.txt"), 60, "content comes")
    assert ada.read_file("tutorials/day-1/rivers.txt") == "Rhine\n"
    assert '"preferredPath": "tutorials/day-1"' in ada.get(f"/user/{ada.name}/lab").text


def has(person: FakeParticipant, *path: str) -> bool:
    """Whether it is in the home; a kernel that looks would take a second of a processor."""
    return all(name in person.list_files("/".join(path[:depth])) for depth, name in enumerate(path))


def test_a_participants_changes_outlive_what_is_new_in_the_content(
    lab: MachineLab, visit: Visit, ada: FakeParticipant
) -> None:
    ada.write_file("tutorials/day-1/rivers.txt", "Rhine\nElbe\n")
    lab.git.push("tutorials", {"day-1/rivers.txt": "Rhine, Main\n", "day-2/lakes.txt": "Garda\n"})
    ada.sign_out()
    ada.sign_in()
    ada.start_server()
    wait_until(lambda: has(ada, "tutorials", "day-2", "lakes.txt"), 60, "news")
    assert ada.read_file("tutorials/day-1/rivers.txt") == "Rhine\nElbe\n"


def test_a_silent_git_host_keeps_nobody_from_working(lab: MachineLab, ada: FakeParticipant) -> None:
    lab.git.stall()
    try:
        ada.sign_out()
        ada.sign_in()
        ada.start_server()
        assert ada.execute("print(6 * 7)") == "42"
    finally:
        lab.git.stall(stalled=False)


def test_what_a_helper_brings_everybody_reads_and_nobody_else_changes(
    machine: LabMachine, visit: Visit, ada: FakeParticipant
) -> None:
    octocat = visit("octocat")
    octocat.sign_in()
    octocat.start_server()
    octocat.write_file("shared-data/rain.csv", "1,2\n")

    assert ada.read_file("shared-data/rain.csv") == "1,2\n"
    with pytest.raises(PophubError, match="Read-only file system"):
        ada.execute(f"open('{SHARED_FOLDER}/rain.csv', 'a')")
    machine.run("rm", f"{SHARED_FOLDER}/rain.csv")


def test_the_packages_that_tables_and_plots_need_are_there(ada: FakeParticipant) -> None:
    code = """
import matplotlib, numpy, pandas, xlrd
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.plot(numpy.arange(3)); plt.savefig("plot.png")
pandas.DataFrame({"river": ["Rhine"]}).to_excel("rivers.xlsx")
print(pandas.read_excel("rivers.xlsx").river[0])
"""
    assert ada.execute(code) == "Rhine"


def test_widgets_and_terminals_are_there(ada: FakeParticipant) -> None:
    assert ada.execute("import ipywidgets; print(ipywidgets.IntSlider(7).value)") == "7"
    opened = ada._server("POST", "terminals")
    assert opened["name"]
    ada._server("DELETE", f"terminals/{quote(opened['name'])}")


@pytest.fixture(scope="module")
def outage(machine: LabMachine) -> Iterator[None]:
    """A new list of packages, of which one is nowhere to be had; afterwards the image is whole again."""
    machine.run("cp", IMAGE_FILE, "/root/list.txt")
    machine.run("sh", "-c", f"echo 'no-such-package-of-anybody==1 --hash=sha256:{'0' * 64}' >>{IMAGE_FILE}")
    yield
    machine.run("cp", "/root/list.txt", IMAGE_FILE)
    machine.run("systemctl", "restart", "pophub-install", seconds=300)
    assert "pophub.made-of" in labels(machine)
    assert "incomplete" not in labels(machine)


def labels(machine: LabMachine) -> str:
    return machine.run("docker", "image", "inspect", "--format", "{{.Config.Labels}}", SERVER_IMAGE)


def works(octocat: FakeParticipant) -> bool:
    octocat.sign_in()
    octocat.start_server()
    try:
        return octocat.execute("print(6 * 7)") == "42"
    finally:
        octocat.sign_out()


@pytest.mark.usefixtures("outage")
def test_a_whole_image_stays_where_a_new_one_cannot_be_completed(machine: LabMachine, visit: Visit) -> None:
    with pytest.raises(PophubError):
        machine.run("systemctl", "restart", "pophub-install", seconds=300)
    assert "cannot be completed, and the one before it stays: " in machine.journal("pophub-install")
    assert "pophub.made-of" in labels(machine)
    assert works(visit("octocat"))


@pytest.mark.usefixtures("outage")
def test_where_there_is_no_whole_one_an_image_is_used_as_it_is_and_completed_later(
    machine: LabMachine, visit: Visit
) -> None:
    image = json.loads(machine.run("cat", SETTINGS))["server"]["image"]
    machine.run("docker", "tag", image, SERVER_IMAGE)
    assert "pophub.made-of" not in labels(machine)
    machine.run("systemctl", "restart", "pophub-install", seconds=300)
    assert "is used as it is, because it could not be completed: " in machine.journal("pophub-install")
    machine.run("systemctl", "is-active", "pophub-image-again.timer")
    # once more while that waits
    machine.run("systemctl", "restart", "pophub-install", seconds=300)
    machine.run("systemctl", "stop", "pophub-image-again.timer")
    assert works(visit("octocat"))
