"""One browser for all of its tests, a new person each, and a folder for what the pages look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lab.github import LabGitHub
from lab.hub import LabHub
from tests.browser.browsing import SHOTS, Tab, chromium

NewTab = Callable[[], Tab]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder of the pictures; each is logged."""
    return SHOTS


@pytest.fixture
def tab(browser: Browser, shots: Path, lab_hub: LabHub, lab_github: LabGitHub) -> Iterator[Tab]:
    """Somebody whom the hub has never seen; nothing may go wrong unseen, and nobody else may be asked for anything."""
    tab = Tab(browser, shots, lab_hub.url, lab_github.url)
    yield tab
    tab.close()
    assert (tab.errors, tab.strangers) == ([], [])
