"""A pytest plugin: a test whose mark this computer cannot serve is left out, and the end of the run says why.

With --require-all nothing may be left out: whatever is skipped, for this or another reason, has failed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lab.machine.missing import PROGRAMS, what_is_missing
from lab.postgresql import programs_folder
from lab.venvs import ensure_venv
from pophub.core.errors import PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.paths import HUB_CONFIG, NODE_BIN, ROOT

ANSWER_SECONDS = 5
# what a whole machine takes
VIRTUAL_PROGRAMS = {
    **PROGRAMS,
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "sfdisk": "fdisk",
}
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
# (why a test cannot run here, what would let it)
Obstacle = tuple[str, str]


def _node() -> Obstacle | None:
    found = shutil.which("node")
    version = found and subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    if not version or int(version.lstrip("v").split(".")[0]) < 20:
        return f"Node.js is {(version or 'missing').strip()}", "install Node.js 20 or newer"
    return None


def _installed(program: str) -> Obstacle | None:
    if (NODE_BIN / program).exists():
        return None
    return f"{program} is not in node_modules", "make setup"


def _venv(requirements: Path) -> Obstacle | None:
    try:
        ensure_venv(requirements)
    except PophubError as error:
        return f"{requirements.name} cannot be installed ({error.problem})", error.hint
    return None


def _terraform() -> Obstacle | None:
    try:
        toolchain.check_terraform()
    except PophubError as error:
        return error.problem, error.hint
    if toolchain.find_provider_mirror() or _answers("registry.terraform.io"):
        return None
    return (
        "Terraform's registry does not answer, and no mirror holds the AWS provider",
        "connect to the network, or put hashicorp/aws 5.100.0 into ~/.terraform.d/plugins",
    )


@cache
def _answers(host: str) -> bool:
    try:
        socket.create_connection((host, 443), ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def _cloud_init() -> Obstacle | None:
    if shutil.which("cloud-init"):
        return None
    return "the command cloud-init is not there", "apt-get install cloud-init"


def _hub() -> Obstacle | None:
    return (
        _node()
        or _installed("configurable-http-proxy")
        or _venv(HUB_CONFIG / "requirements-hub.txt")
        or _venv(HUB_CONFIG / "image" / "requirements-server.txt")
    )


def _browser() -> Obstacle | None:
    if shutil.which("chromium-headless-shell"):
        return None
    return "the browser chromium-headless-shell is not there", "apt-get install chromium-headless-shell"


def _postgresql() -> Obstacle | None:
    if programs_folder():
        return None
    return "PostgreSQL is not installed", "apt-get install postgresql"


def _accounts() -> Obstacle | None:
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can make Unix accounts", "run the tests as root"
    missing = sorted(program for program in ("adduser", "setpriv", "unshare") if not shutil.which(program))
    return (f"not installed: {', '.join(missing)}", "apt-get install adduser util-linux") if missing else None


def _deployment() -> Obstacle | None:
    return _node() or _installed("cdktf") or _terraform()


# mark → what keeps its tests from running here
OBSTACLES: dict[str, Callable[[], Obstacle | None]] = {
    "synth": _node,
    "terraform": _deployment,
    "checkov": lambda: _deployment() or _venv(ROOT / "requirements-checkov.txt"),
    "hub": _hub,
    "extensions": lambda: _venv(ROOT / "requirements-extensions.txt"),
    "browser": _browser,
    "postgresql": _postgresql,
    "accounts": _accounts,
    "cloud_init": _cloud_init,
    "machine": what_is_missing,
    "vm": lambda: what_is_missing(VIRTUAL_PROGRAMS),
    "demo": lambda: _deployment() or _hub(),
    "waits": lambda: None,
}


class LeftOut:
    """What was left out in this run: (mark, why, what would let it) → how many tests.

    Where several processes share the run, each notes it in its reports, and the one that prints counts them.
    """

    def __init__(self, *, require_all: bool) -> None:
        self._require_all = require_all
        self._obstacle = cache(lambda mark: OBSTACLES[mark]())
        self._tests: Counter[tuple[str, ...]] = Counter()
        self._told: dict[str, tuple[str, str, str]] = {}
        self._unasked = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = {mark.name for mark in item.iter_markers()}
            for mark in OBSTACLES:
                found = self._obstacle(mark) if mark in marks else None
                if found is not None:
                    self._told[item.nodeid] = (mark, *found)
                    item.add_marker(pytest.mark.skip(reason=found[0]), append=False)
                    break

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._unasked += sum(item.get_closest_marker("vm") is not None for item in items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return self._noted((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return self._noted((yield))

    def _noted(self, report: Report) -> Report:
        if report.skipped and not hasattr(report, "wasxfail"):
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            told = self._told.get(report.nodeid) or ("", why.removeprefix("Skipped: "), "")
            report.left_out = list(told)
            if self._require_all:
                report.outcome = "failed"
                report.longrepr = f"left out: {told[1]}; with --require-all that is a failure"
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._count(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._count(report)

    def _count(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if told := getattr(report, "left_out", None):
            self._tests[tuple(told)] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if (output := getattr(session.config, "workeroutput", None)) is not None:
            output["unasked"] = self._unasked

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # each of xdist's processes collects all tests
        self._unasked = max(self._unasked, getattr(node, "workeroutput", {}).get("unasked", 0))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        write = terminalreporter.write_line
        terminalreporter.section(f"left out: {self._tests.total() or 'nothing'}")
        for (mark, why, remedy), count in self._tests.most_common():
            tests = f"{count} test{'s' * (count > 1)}" + (f" marked `{mark}`" if mark else "")
            write(f"{tests}, because {why}")
            if remedy:
                write(f"  to run {'them' if count > 1 else 'it'}: {remedy}")
        if self._unasked:
            write(f"not asked for: {self._unasked} tests marked `vm`, because they take minutes: make test-machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-all", action="store_true", help="fail where a test cannot run on this computer")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut(require_all=config.getoption("--require-all")), "left_out")
