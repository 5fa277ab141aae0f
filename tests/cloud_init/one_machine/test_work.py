"""What people find in their servers: content, welcome, shared data, packages, all that JupyterLab offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import SHARED_FOLDER
from pophub.core.errors import PophubError
from tests.cloud_init.one_machine.conftest import Visit

pytestmark = pytest.mark.machine


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


@pytest.fixture(scope="module")
def run(ada: FakeParticipant) -> Iterator[Callable[[str], str]]:
    """Runs a cell in ada's kernel, one for the tests that leave her server alone."""
    with ada.kernel() as run:
        yield run


def test_what_a_helper_brings_everybody_reads_and_nobody_else_changes(
    machine: LabMachine, visit: Visit, ada: FakeParticipant, run: Callable[[str], str]
) -> None:
    octocat = visit("octocat")
    octocat.sign_in()
    octocat.start_server()
    octocat.write_file("shared-data/rain.csv", "1,2\n")

    assert ada.read_file("shared-data/rain.csv") == "1,2\n"
    with pytest.raises(PophubError, match="Read-only file system"):
        run(f"open('{SHARED_FOLDER}/rain.csv', 'a')")
    machine.run("rm", f"{SHARED_FOLDER}/rain.csv")


def test_the_packages_that_tables_and_plots_need_are_there(run: Callable[[str], str]) -> None:
    code = """
import matplotlib, numpy, pandas, xlrd
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.plot(numpy.arange(3)); plt.savefig("plot.png")
pandas.DataFrame({"river": ["Rhine"]}).to_excel("rivers.xlsx")
print(pandas.read_excel("rivers.xlsx").river[0])
"""
    assert run(code) == "Rhine"


def test_widgets_and_terminals_are_there(ada: FakeParticipant, run: Callable[[str], str]) -> None:
    assert run("import ipywidgets; print(ipywidgets.IntSlider(7).value)") == "7"
    opened = ada._server("POST", "terminals")
    assert opened["name"]
    ada._server("DELETE", f"terminals/{quote(opened['name'])}")
