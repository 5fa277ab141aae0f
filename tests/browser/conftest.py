"""One browser for all browser tests, a new person for each test, and a folder for pictures of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lab.github import LabGitHub
from lab.hub import LabHub
from tests.browser.browsing import SHOTS, Tab, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder of the pictures; each picture is logged."""
    return SHOTS


@pytest.fixture
def tab(browser: Browser, shots: Path, lab_hub: LabHub, lab_github: LabGitHub) -> Iterator[Tab]:
    """The browser tab of a new person. Afterwards the page must have no errors and no requests to other hosts."""
    tab = Tab(browser, shots, lab_hub.url, lab_github.url)
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])
