"""`pophub open` as a shell sees it: the address on stdout, and a browser where there is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pophub.organizer.paths import EXAMPLE_EVENT

PROGRAM = str(Path(sys.executable).parent / "pophub")
URL = "https://hub.geohackweek.example.org"


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that writes down what it is to open."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >{tmp_path}/opened\n')
    program.chmod(0o755)
    return program


def _open(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")}
    command = [PROGRAM, "open", str(EXAMPLE_EVENT), *options]
    return subprocess.run(command, env=env | environment, capture_output=True, text=True, check=True)


def test_the_hub_is_opened_in_the_browser(browser: Path) -> None:
    ran = _open(BROWSER=f"{browser} %s")

    assert ran.stdout == f"{URL}\n"
    assert (browser.parent / "opened").read_text() == f"{URL}\n"


def test_without_browser_it_is_only_printed(browser: Path) -> None:
    ran = _open("--no-browser", "--json", BROWSER=f"{browser} %s")

    assert json.loads(ran.stdout) == {"url": URL}
    assert not (browser.parent / "opened").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a browser is always there")
def test_without_a_display_no_browser_of_the_terminal_is_opened(browser: Path) -> None:
    browser.rename(browser.with_name("www-browser"))
    ran = _open(PATH=f"{browser.parent}:{os.environ['PATH']}", TERM="xterm")

    assert ran.stdout == f"{URL}\n"
    assert not (browser.parent / "opened").exists()
