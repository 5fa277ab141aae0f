"""The lab that several folders of tests share: one event, its bundle, and one GitHub and one hub for the whole run."""

from __future__ import annotations

import compileall
import gc
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from lab import coverage_hook
from lab.aws import LabAws
from lab.directory import Directory
from lab.forks import Forks
from lab.github import LabGitHub
from lab.hub import LabHub
from lab.plans import plan_of
from pophub.organizer.deploy.bundle import build_bundle, unpack
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from tests.shared_clients import share
from tests.stacks.synthesis import EVENTS, Synthesis, synthesize_once

# no test may use the AWS account of the person who runs the tests
for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)
os.environ |= {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# a shell starts background jobs with SIGINT ignored, and every program that a test starts would inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

share()
# nearly all that is made until the tests begin stays; see pytest_runtestloop
gc.disable()
# each process of the tests starts a dozen; Forks needs Linux
if sys.platform == "linux":
    LabAws.forks = Forks("lab.aws_server")
    # what a fork runs is not counted
    if not coverage_hook.asked():
        LabHub.forks = staticmethod(cache(partial(Forks, "lab.hub_program")))


# files that share what is dear: a machine, and a hub; each other file is a unit of its own
UNITS = {
    "the machine": ("tests/cloud_init/one_machine/",),
    "the hub of workers": ("tests/cloud_init/many_machines/",),
    "the machine of an event's end": ("tests/cloud_init/last_machine/",),
    "the hub": (
        "tests/browser/test_day.py",
        "tests/browser/test_pages.py",
        "tests/hub_config/test_hub_rights.py",
        "tests/hub_config/test_jupyterhub_config.py",
        "tests/hub_config/test_stopped.py",
        "tests/lab/test_fake_participant.py",
        "tests/lab/test_hub.py",
    ),
    "the hub with its pages": ("tests/browser/test_helpers_page.py", "tests/browser/test_live_costs.py"),
}
# the units that take longest begin first, and before them some for which the lab need not have built its machines' disks
LONGEST = (
    "tests/stacks/test_apply.py",
    "tests/stacks/test_accounts.py",
    "tests/pophub/test_killed_end.py",
    "tests/stacks/test_zones.py",
    "the hub",
    "tests/stacks/test_workers_apply.py",
    "the machine",
    "the hub of workers",
    "tests/cloud_init/test_refresh.py",
    "the machine of an event's end",
    "tests/pophub/organizer/cli/test_demo.py",
)
# more processes than these run at a lower priority what needs only a processor, while the first ones wait for machines
FIRST_PROCESSES = 5
FILLING_IN = 5
# markers of files that take long
LONG = ("demo", "terraform", "machine", "checkov", "browser", "hub", "waits")


class Units(LoadFileScheduling):
    """One process takes a whole unit: the first processes the longest ones, the others the last ones, which wait the least."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if _fills_in(node.gateway.id):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def _fills_in(process: str) -> bool:
    return int(process.removeprefix("gw")) >= FIRST_PROCESSES


def pytest_configure() -> None:
    process = os.environ.get("PYTEST_XDIST_WORKER")
    if process and _fills_in(process):
        os.nice(FILLING_IN)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units | None:
    return Units(config, log) if config.getvalue("dist") == "loadfile" else None


def unit_of(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return next((unit for unit, files in UNITS.items() if file.startswith(files)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put units that take long first, one of each kind in turn: while Terraform waits, the others can use the processor."""
    kinds: dict[str, int] = {}
    for item in items:
        # the first test that boots a machine also creates its disk and the servers' image, which takes minutes
        if item.get_closest_marker("machine") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(900))
        unit = unit_of(item.nodeid)
        kinds[unit] = min(_kind(item), kinds.get(unit, len(LONG)))
    turns: Counter[int] = Counter()
    order: dict[str, tuple[int, ...]] = {}
    for unit, kind in kinds.items():
        if unit in LONGEST:
            order[unit] = (0, LONGEST.index(unit), 0)
        else:
            order[unit] = (1 + (kind == len(LONG)), turns[kind], kind)
            turns[kind] += 1
    items.sort(key=lambda item: order[unit_of(item.nodeid)])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Spare the garbage collector what stays until the end, which took it a third of the unit tests' time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)


def _kind(item: pytest.Item) -> int:
    marks = {mark.name for mark in item.iter_markers()}
    return next((place for place, mark in enumerate(LONG) if mark in marks), len(LONG))


def unpacked(event: Event, folder: Path) -> Path:
    """The event's bundle as a folder, as on a hub."""
    unpack(build_bundle(plan_of(event)).content, folder)
    return folder


@pytest.fixture(scope="session")
def hackweek() -> Event:
    return load_event(Path(__file__).parent / "hub_config" / "hackweek.yaml")


@pytest.fixture(scope="session")
def shared_bundle(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hackweek's bundle for tests that do not change it, with its modules compiled."""
    folder = unpacked(hackweek, tmp_path_factory.mktemp("bundle"))
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def hackweek_bundle(shared_bundle: Path, tmp_path: Path) -> Path:
    """A bundle of the test's own, whose files may be written to, but for `pophub`: those are hard links."""
    own = tmp_path / "bundle"
    for folder in ("hub-config", "cloud-init"):
        shutil.copytree(shared_bundle / folder, own / folder)
    shutil.copytree(shared_bundle / "pophub", own / "pophub", copy_function=os.link)
    return own


@pytest.fixture(scope="session")
def lab_github(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabGitHub]:
    with LabGitHub(Directory.for_event(hackweek), tmp_path_factory.mktemp("github")) as github:
        yield github


@pytest.fixture(scope="session")
def lab_hub(hackweek: Event, lab_github: LabGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    folder = unpacked(hackweek, tmp_path_factory.mktemp("hub"))
    with LabHub(folder, lab_github, servers="processes") as hub:
        yield hub


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def synth(run_folder: Path) -> Synthesis:
    """The stacks that main.py makes of the tests' events; takes about 4 s."""
    return synthesize_once(run_folder / "synth", *EVENTS)
